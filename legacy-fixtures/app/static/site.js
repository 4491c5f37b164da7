// Keeps the number in "Cart (2)" right when somebody comes back to an old tab.
(function () {
  var counter = document.getElementById('cart-count');

  function ask(fields, answered) {
    var request = new XMLHttpRequest();
    request.open('POST', '/ajax.php');
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    request.onload = function () {
      if (request.status === 200) {
        answered(JSON.parse(request.responseText));
      }
    };
    request.send(fields);
  }

  window.addEventListener('focus', function () {
    ask('action=cartCount', function (answer) {
      counter.textContent = answer.count;
    });
  });
})();
