// Values whose parts are shared, made by PHP itself, and a description of values that shows what is shared.
import { arrayKey, bytesOf, type PhpKey, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { describeValue } from './php.ts';

/** PHP code that defines `shared_parts($in)`: references, objects met again, a circle, classes with formats of their own. */
export const SHARED_PARTS = `
if (!function_exists('shared_parts')) {
  class Hidden { public $a = 1; protected $b = [1]; private $c; function __construct($c) { $this->c = $c; } }
  class Sleeper { public $x = [1]; public $y = 2; function __sleep() { return ['x']; } }
  class Own { public $d; function __construct($d) { $this->d = $d; }
    function __serialize(): array { return ['d' => $this->d, 3 => 'x', 'list' => [1]]; }
    function __unserialize(array $data): void { $this->d = $data['d']; } }
  class Custom implements Serializable { function serialize() { return "pay\\xff"; } function unserialize($data) {} }
  function shared_parts($in) {
    $scalar = $in; $list = [$in, 1]; $circle = [$in]; $circle['me'] = &$circle;
    $object = new stdClass; $object->q = $in; $object->{'12'} = 2; $object->self = $object;
    $own = new Own($object); $hidden = new Hidden($list);
    return [
      'a' => &$scalar, 'b' => &$scalar, 'l1' => &$list, 'l2' => &$list, 'copy' => $list, 'copies' => [$list, $list],
      'object' => $object, 'again' => $object, 'refs' => [&$object, &$object, $object],
      'hidden' => $hidden, 'other' => new Hidden($object), 'own' => $own, 'own2' => $own, 'sleeper' => new Sleeper,
      'circle' => &$circle, 'strings' => ['q', 'q', "\\xff\\xfe", "\\xff\\xfe" => "\\xff\\xfe", '' => '', '-5' => 5],
      'integers' => [255, 256, 65536, -1, -33, -129, -40000, 1 << 40, -1 << 40, PHP_INT_MAX, PHP_INT_MIN],
      'object2' => $object, 'hidden2' => $hidden, 'custom' => new Custom,
    ];
  }
}`;

/** Describes a value with the class of each object, objects met again by their number, and circles of arrays by their size. */
export function graphOf(value: PhpValue): unknown {
  return graph(value, new Map(), []);
}

function graph(value: PhpValue, objects: Map<PhpObject, number>, path: PhpValue[]): unknown {
  if (!(value instanceof Map) && !(value instanceof PhpObject)) return describeValue(value);
  if (value instanceof Map && path.includes(value)) return ['circle', path.length - path.indexOf(value)];
  if (value instanceof Map) return ['a', members(value, objects, [...path, value])];
  const known = objects.get(value);
  if (known !== undefined) return ['same', known];
  objects.set(value, objects.size);
  const { className, payload, properties } = value;
  const own = payload === undefined ? members(properties, objects, path) : bytesOf(payload).toString('hex');
  return ['o', className, value.enumCase, own];
}

function members(
  array: ReadonlyMap<PhpKey, PhpValue>,
  objects: Map<PhpObject, number>,
  path: PhpValue[],
): unknown[] {
  return Array.from(array, ([key, member]) => [arrayKey(String(key)), graph(member, objects, path)]);
}
