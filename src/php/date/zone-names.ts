// What time zones call their time since 1970, and when that is daylight saving time: Intl knows neither as PHP does.
// Made of tzdata 2025b by PHP's DateTimeZone::getTransitions; zones without letters in their names (`+03`) are left out.

/**
 * A line for each zone or several: for offsets in minutes what their time is called, `*` where it is daylight saving time;
 * `<time=name` where the name changed (the hour of the epoch, to base 36). No name is the offset itself, such as `+03`.
 */
export const ZONE_NAMES = `
0:GMT @Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar
  Africa/Freetown Africa/Lome Africa/Nouakchott Africa/Ouagadougou Africa/Timbuktu Atlantic/Reykjavik Atlantic/St_Helena
  Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich GMT0 Greenwich Iceland GMT GMT+0 GMT-0
180:EAT @Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala
  Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte
0:WET 60:WEST*<1grz=CET<1xrc=WEST*<24mo=CET 120:CEST* @Africa/Algiers
60:WAT @Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Luanda
  Africa/Malabo Africa/Niamey Africa/Porto-Novo
120:CAT @Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Kigali Africa/Lubumbashi Africa/Lusaka
  Africa/Maputo
120:EET 180:EEST* @Africa/Cairo Asia/Beirut Asia/Nicosia Egypt Europe/Athens Europe/Bucharest Europe/Helsinki
  Europe/Mariehamn Europe/Nicosia Europe/Sofia EET
0:<99q2=* 60:*<2o2o=<77u0=*<9682= @Africa/Casablanca
0:WET 60:WEST*<2o2o=CET 120:CEST* @Africa/Ceuta
0:<99q2=* 60:*<9682= @Africa/El_Aaiun
120:SAST @Africa/Johannesburg Africa/Maseru Africa/Mbabane
120:CAT 180:CAST*<5n6a=EAT @Africa/Juba Africa/Khartoum
-44.5:MMT 0:GMT @Africa/Monrovia
60:WAT 120:WAST* @Africa/Ndjamena
0:GMT 60:WAT @Africa/Sao_Tome
60:CET 120:EET<2atz=CEST*<3tjz=EET<54cn=CEST*<57qm=EET<84go=CEST*<88co=EET @Africa/Tripoli Libya
60:CET 120:CEST* @Africa/Tunis Arctic/Longyearbyen Atlantic/Jan_Mayen Europe/Amsterdam Europe/Andorra Europe/Belgrade
  Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen Europe/Copenhagen Europe/Gibraltar
  Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo Europe/Paris Europe/Podgorica
  Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz
  Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich Poland CET
60:WAT* 120:SAST<3sqm=CAT @Africa/Windhoek
-660:BST -600:BDT*<2lj0=AHST<2m3m=HST -540:HDT* @America/Adak America/Atka US/Aleutian
-600:AHST -540:AHDT*<2liz=YST<2m3l=AKST -480:AKDT* @America/Anchorage US/Alaska
-240:AST @America/Anguilla America/Antigua America/Aruba America/Blanc-Sablon America/Curacao America/Dominica
  America/Grenada America/Guadeloupe America/Kralendijk America/Lower_Princes America/Marigot America/Montserrat
  America/Port_of_Spain America/Puerto_Rico America/St_Barthelemy America/St_Kitts America/St_Lucia America/St_Thomas
  America/St_Vincent America/Tortola America/Virgin
-120:* @America/Araguaina America/Bahia America/Belem America/Fortaleza America/Maceio America/Recife
  America/Sao_Paulo Brazil/East
-180:<5l8r=*<5o23= -120:* @America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia
  America/Argentina/Cordoba America/Argentina/La_Rioja America/Argentina/Rio_Gallegos America/Argentina/Salta
  America/Argentina/San_Juan America/Argentina/Tucuman America/Argentina/Ushuaia America/Buenos_Aires America/Catamarca
  America/Cordoba America/Rosario
-180:<3wu4=*<45wq=<5l8r=*<5o23= -120:* @America/Argentina/Jujuy America/Jujuy
-180:<3wlg=*<4cs2=<5l8r=*<5o23= -120:* @America/Argentina/Mendoza America/Mendoza
-180:<3wlg=*<40u4=<5l8r=*<5o23=<75e2=*<7h1g= -120:* @America/Argentina/San_Luis
-180:<12vg=*<aakr= @America/Asuncion
-300:EST @America/Atikokan America/Cayman America/Coral_Harbour America/Panama EST
-420:MST -360:MDT*<7o67=CST -300:CDT* @America/Bahia_Banderas
-240:AST -180:ADT* @America/Barbados America/Glace_Bay America/Halifax America/Martinique America/Moncton
  America/Thule Atlantic/Bermuda Canada/Atlantic
-360:CST -300:CDT* @America/Belize America/Chicago America/Costa_Rica America/El_Salvador America/Guatemala
  America/Matamoros America/Mexico_City America/Monterrey America/Rainy_River America/Tegucigalpa America/Winnipeg
  Canada/Central CST6CDT Mexico/General US/Central
-180:* @America/Boa_Vista America/Campo_Grande America/Cuiaba America/Manaus America/Porto_Velho America/Santiago
  Brazil/West Chile/Continental
-240:* @America/Bogota America/Guayaquil America/Lima
-420:MST -360:MDT* @America/Boise America/Denver America/Edmonton America/Hermosillo America/Mazatlan America/Shiprock
  America/Yellowknife Canada/Mountain Mexico/BajaSur MST7MDT Navajo US/Mountain
-420:MST -360:MDT*<5lrk=CST<5vcx=MDT* -300:CDT*<5si7=EST @America/Cambridge_Bay
-360:CST -300:EST<4xnk=CDT*<585j=EST<5dc6=CDT*<8gy8=EST -240:EDT* @America/Cancun
-420:MST -360:CST<5b4x=MDT*<9xbk=CST -300:CDT* @America/Chihuahua America/Ojinaga
-420:MST -360:CST<5b4x=MDT*<9xbk=CST<9zs9=MDT* -300:CDT* @America/Ciudad_Juarez
-180:*<adgr= @America/Coyhaique
-420:MST @America/Creston America/Phoenix US/Arizona MST
-120:* 0:GMT @America/Danmarkshavn
-540:YST -480:PST -420:PDT*<9ju7=MST @America/Dawson
-480:PST -420:PDT*<i09=MST @America/Dawson_Creek
-300:EST -240:EDT* @America/Detroit America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Vevay
  America/Indianapolis America/Jamaica America/Montreal America/Nassau America/New_York America/Nipigon
  America/Port-au-Prince America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT Jamaica US/East-Indiana US/Eastern
  US/Michigan
-240:*<789h= @America/Eirunepe America/Porto_Acre America/Rio_Branco Brazil/Acre
-480:PST -420:PDT* @America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver
  Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific
-480:PST -420:PDT*<8hlm=MST @America/Fort_Nelson
-120:*<a01d= -60:* @America/Godthab America/Nuuk
-240:AST -180:ADT* -120:ADDT* @America/Goose_Bay
-300:EST -240:EDT*<8hlj=AST<91y7=EDT* @America/Grand_Turk
-300:CST -240:CDT* @America/Havana Cuba
-360:CST -300:CDT*<43kv=EST<6t6v=CDT* @America/Indiana/Knox America/Knox_IN US/Indiana-Starke
-300:EST<r5j=CDT*<wlj=EST -240:EDT* @America/Indiana/Marengo America/Kentucky/Louisville America/Louisville
-360:CST -300:CDT*<1gy7=EST<6t6v=CDT*<73y7=EST -240:EDT* @America/Indiana/Petersburg
-360:CST -300:EST<6t6v=CDT* -240:EDT* @America/Indiana/Tell_City
-360:CST -300:EST<6t6v=CDT*<73y7=EST -240:EDT* @America/Indiana/Vincennes
-360:CST -300:EST<6t6v=CDT*<73y6=EST -240:EDT* @America/Indiana/Winamac
-480:PST -420:PDT*<1ufk=MST -360:MDT* @America/Inuvik
-360:CST -300:EST<5om8=CDT*<5si7=EST -240:EDT* @America/Iqaluit America/Pangnirtung
-540:YST<2m3l=AKST -480:PST<1xsy=YDT*<216a=PST<2owb=AKDT* -420:PDT* @America/Juneau
-360:CST -300:CDT*<5si7=EST -240:EDT* @America/Kentucky/Monticello
-360:CST -300:EST<1qa6=CDT*<44sy=EST<6mku=CDT* @America/Managua
-360:CST -300:EST<mhj=CDT* @America/Menominee
-360:CST -300:EST<4xnk=CDT* @America/Merida
-540:AKST -480:PST<8ogz=AKDT*<96cy=PST<98oz=AKDT* -420:PDT* @America/Metlakatla
-240:AST -120:* @America/Miquelon
-150:* -120:* -90:* @America/Montevideo
-660:BST -600:BDT* -540:YST<2m3l=AKST -480:AKDT* @America/Nome
-60:* @America/Noronha Brazil/DeNoronha
-420:MST -360:MDT*<7oaw=CST -300:CDT* @America/North_Dakota/Beulah
-420:MST -360:MDT*<4abk=CST -300:CDT* @America/North_Dakota/Center
-420:MST -360:MDT*<6cq8=CST -300:CDT* @America/North_Dakota/New_Salem
-180:*<8te3= @America/Punta_Arenas
-360:CST -300:CDT*<5si7=EST<5vcw=CDT* @America/Rankin_Inlet
-360:CST @America/Regina Canada/Saskatchewan
-360:CST -300:CDT*<5si7=EST<5vcw=CDT*<6x2v=EST<6zjk=CDT* @America/Resolute
-180:*<789g= @America/Santarem
-300:EST -270:* -240:AST @America/Santo_Domingo
-60:*<27e1=<a6wp=* 0:* @America/Scoresbysund
-540:YST<2m3l=AKST -480:PST<2owb=AKDT* -420:PDT* @America/Sitka
-210:NST -150:NDT* -90:NDDT* @America/St_Johns Canada/Newfoundland
-420:MST -360:CST @America/Swift_Current
-480:PST -420:PDT*<9ju7=MST @America/Whitehorse Canada/Yukon
-540:YST<2m3l=AKST -480:YDT*<2owb=AKDT* @America/Yakutat
600:AEST 660:AEDT* @Antarctica/Macquarie Australia/ACT Australia/Brisbane Australia/Canberra Australia/Currie
  Australia/Hobart Australia/Lindeman Australia/Melbourne Australia/NSW Australia/Queensland Australia/Sydney
  Australia/Tasmania Australia/Victoria
720:NZST 780:NZDT* @Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland
-180:<2ee4=*<8te3= -120:* @Antarctica/Palmer
0:-00 @Antarctica/Rothera Antarctica/Vostok
0:-00<6lio= 120:* @Antarctica/Troll
360:<3zok=*<454l= 420:* @Asia/Almaty
120:EET 180:EEST*<9x9y= @Asia/Amman
720:<3zoe=*<454f=<7k52=*<7qvr= 780:<2atn=* 840:* @Asia/Anadyr
300:<3zol=*<454m=<4qna=*<6jla= 360:<2atu=* @Asia/Aqtau
300:<3zol=*<454m= 360:*<27gi=<2atu=* @Asia/Aqtobe
300:<3zol=*<454m= 360:* @Asia/Ashgabat Asia/Ashkhabad
300:<3zol=*<454m=<5hql=*<6jla= 360:<2atu=* @Asia/Atyrau
240:* @Asia/Baghdad
240:<3zom=*<49sn= 300:* @Asia/Baku
420:<3zoj=*<454k=<4rt4=*<7qvw= 480:* @Asia/Barnaul
360:<3zok=*<6ov6= 420:* @Asia/Bishkek
330:IST @Asia/Calcutta Asia/Kolkata
540:<3zoh=*<454i= 600:*<7qvt= @Asia/Chita Asia/Yakutsk
540:* @Asia/Choibalsan Asia/Ulaanbaatar Asia/Ulan_Bator
480:CST 540:CDT* @Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC
420:* @Asia/Dacca Asia/Dhaka
120:EET 180:EEST*<9x9x= @Asia/Damascus
360:<3zok=* 420:* @Asia/Dushanbe Asia/Tashkent
120:EET 180:EEST*<8rrx=<927d=EEST* @Asia/Famagusta
120:IST<4vum=EET 180:IDT*<4xly=EEST* @Asia/Gaza Asia/Hebron
480:HKT 540:HKST* @Asia/Hong_Kong Hongkong
480:* @Asia/Hovd
480:<3zoi=*<454j= 540:*<7qvu= @Asia/Irkutsk
120:EET 180:EEST*<1lf9=<2vhb=EEST*<8rr9= 240:* @Asia/Istanbul Europe/Istanbul Turkey
420:WIB @Asia/Jakarta
540:WIT @Asia/Jayapura
120:IST 180:IDT* @Asia/Jerusalem Asia/Tel_Aviv Israel
720:<3zoe=*<454f=<7k52=*<7qvr= 780:* @Asia/Kamchatka
300:<8b7=PKT 360:PKST* @Asia/Karachi
540:<3zoh=*<454i= 600:*<6dyf= 660:*<7qvs= @Asia/Khandyga
420:<3zoj=*<454k= 480:*<7qvv= @Asia/Krasnoyarsk
660:<3zof=*<454g= 720:*<7qvr= @Asia/Magadan Asia/Srednekolymsk Asia/Ust-Nera
480:WITA @Asia/Makassar Asia/Ujung_Pandang
480:PST 540:PDT* @Asia/Manila
420:<3zoj=*<454k=<7k57=*<7qvw= 480:* @Asia/Novokuznetsk
420:<3zoj=*<454k=<4e74=*<7qvw= 480:* @Asia/Novosibirsk
360:<3zok=*<454l= 420:*<7qvw= @Asia/Omsk
300:<3m2l=*<454m=<46f9=*<6jla= 360:*<27gi=<2atu=* @Asia/Oral
420:WIB 480:WITA @Asia/Pontianak
510:KST 540:KST @Asia/Pyongyang
300:<3zol=*<454m= 360:*<27gi=<2atu=*<6jl9= @Asia/Qostanay
300:<3zol=*<431y= 360:*<27gi=<2atu=*<454l=<46f8=*<6jl9= @Asia/Qyzylorda
660:<3zof=*<454g=<5493=*<7qvs= 720:* @Asia/Sakhalin
360:*<27gi=<2atu=* @Asia/Samarkand
540:KST 600:KDT* @Asia/Seoul ROK
240:<3zom=*<4n9w=<6h97=*<6mbb= 300:* @Asia/Tbilisi
270:* 300:* @Asia/Tehran Iran
540:JST @Asia/Tokyo Japan
420:<3zoj=*<454k=<62nv=*<7qvw= 480:* @Asia/Tomsk
600:<3zog=*<454h= 660:*<7qvs= @Asia/Vladivostok
300:<3zol=*<454m= 360:*<7qvx= @Asia/Yekaterinburg
240:<3zom=*<4u0n= 300:* @Asia/Yerevan
0:*<4bhe=WET<4eo1=* 60:WEST* @Atlantic/Azores
0:WET 60:WEST* @Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira WET
-180:<2y83=*<7n4u= -120:* @Atlantic/Stanley
570:ACST 630:ACDT* @Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna
570:ACST @Australia/Darwin Australia/North
585:* @Australia/Eucla
600:AEST 660:* 690:* @Australia/LHI Australia/Lord_Howe
480:AWST 540:AWDT* @Australia/Perth Australia/West
-360:*<2ai3= -300:* @Chile/EasterIsland Pacific/Easter
0:GMT* 60:IST @Eire Europe/Dublin
0:UTC @Etc/UCT Etc/Universal Etc/UTC Etc/Zulu Universal UTC Zulu UCT
240:<3m2m=*<3zon=<46fa=*<7qvz= 300:* @Europe/Astrakhan
0:GMT 60:BST<eyq=BST* @Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire
120:EET 180:MSK<3tla=EEST* 240:MSD* @Europe/Chisinau Europe/Tiraspol
120:EET 180:MSK<3m2n=EEST*<7qw0= 240:MSD* @Europe/Kaliningrad
120:EET 180:MSK<3umm=EEST* 240:MSD* @Europe/Kiev Europe/Kyiv Europe/Uzhgorod Europe/Zaporozhye
180:MSK 240:<3m2m=MSD*<3zon=<46fa=MSD*<7qvz=MSK 300:* @Europe/Kirov
0:WET 60:CET<1cxc=WEST*<49sp=CET<4xip=WEST* 120:CEST* @Europe/Lisbon Portugal
120:EET 180:MSK<3zon=EEST*<7qw0= 240:MSD* @Europe/Minsk
120:EET 180:MSK<3zon=EEST*<454o=MSK 240:MSD*<7qvz=MSK @Europe/Moscow W-SU
120:EET 180:MSK<3m2n=EEST* 240:MSD* @Europe/Riga Europe/Tallinn
180:<3zon=*<4320= 240:<3m2m=*<43g0=<7k5a=*<7qvz= 300:* @Europe/Samara
240:<3fby=*<3zon=<46fa=*<7qvz= 300:* @Europe/Saratov
120:EET 180:MSK<46fc=EEST*<4n9z=MSK<549d=EEST*<8f4m=MSK 240:MSD*<8b8o=MSK @Europe/Simferopol
180:<3zon=*<454o= 240:<3m2m=*<7qvz= 300:* @Europe/Ulyanovsk
60:CET 120:EET<5b01=CEST*<5lrd=EET 180:MSK<3m2n=EEST* 240:MSD* @Europe/Vilnius
180:MSK 240:<3fby=MSD*<3zon=<46fa=MSD*<7qvz=MSK<967z= 300:* @Europe/Volgograd
300:* @Indian/Mauritius
825:* @NZ-CHAT Pacific/Chatham
-600:* 840:* @Pacific/Apia
720:* @Pacific/Efate Pacific/Noumea
780:* @Pacific/Fiji
-300:<4ay6=* @Pacific/Galapagos
600:GST<5tie=ChST 660:GDT* @Pacific/Guam Pacific/Saipan
-600:HST @Pacific/Honolulu Pacific/Johnston US/Hawaii HST
-660:SST @Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa
720:* 750:* @Pacific/Norfolk
-570:* @Pacific/Rarotonga
840:* @Pacific/Tongatapu
60:MET 120:MEST* @MET
`;
