// Serve the Realtime API by a genuine Socket.IO server, and hand everything else on to the simulator.
//
// What happens on its sockets, and what is to be sent there, goes over one more connection as lines of JSON.
// Where the server sends the pings, it is told there when a time is over as well, so that its clock is that of
// the tests.
const http = require('http');
const https = require('https');
const net = require('net');
const readline = require('readline');
const timers = require('timers');

const [line, control, backend] = process.argv.slice(2).map(Number);
const bridge = net.connect(control, '127.0.0.1').setNoDelay(true);
const tell = (message) => bridge.write(`${JSON.stringify(message)}\n`);

const waiting = new Map();
let begun = 0;

class Timer {
  constructor(run, milliseconds, args) {
    Object.assign(this, { run: () => run(...args), milliseconds });
    this.refresh();
  }

  // One that is begun again has another number, so that the end of its old time means nothing.
  refresh() {
    this.stop();
    begun += 1;
    this.number = begun;
    waiting.set(this.number, this);
    tell({ kind: 'timer', number: this.number, milliseconds: this.milliseconds });
    return this;
  }

  stop() {
    if (waiting.delete(this.number)) tell({ kind: 'timer stopped', number: this.number });
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }
}

function turnClockByTests() {
  const { setTimeout: begin, clearTimeout: stop } = timers;
  const isShort = (milliseconds) => !(milliseconds >= 1000);
  timers.setTimeout = (run, milliseconds, ...args) =>
    isShort(milliseconds) ? begin(run, milliseconds, ...args) : new Timer(run, milliseconds, args);
  timers.clearTimeout = (timer) => (timer instanceof Timer ? timer.stop() : stop(timer));
  Object.assign(global, { setTimeout: timers.setTimeout, clearTimeout: timers.clearTimeout });
}

if (line >= 4) turnClockByTests();
const socketio = require(`socketio-${line}`);
const sockets = new Map();
const agent = new http.Agent({ keepAlive: false });

function handOn(request, response) {
  const { method, url, headers } = request;
  const on = http.request({ port: backend, host: '127.0.0.1', method, path: url, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  on.on('error', () => response.destroy());
  response.on('close', () => on.destroy());
  request.pipe(on);
}

let server;
const orders = {
  listen({ port, pem }) {
    server = pem ? https.createServer({ key: pem, cert: pem }, handOn) : http.createServer(handOn);
    const options = { path: '/rtapi/socket.io', pingInterval: 25000, pingTimeout: 60000 };
    const io = line >= 4 ? new socketio.Server(server, options) : socketio(server, { ...options, wsEngine: 'ws' });
    io.on('connection', (socket) => {
      sockets.set(socket.id, socket);
      tell({ kind: 'connection', id: socket.id });
      socket.on('request', (value) => tell({ kind: 'event', id: socket.id, name: 'request', value }));
      socket.on('disconnect', () => {
        sockets.delete(socket.id);
        tell({ kind: 'disconnect', id: socket.id });
      });
    });
    server.listen(port, '127.0.0.1', () => tell({ kind: 'listening', port: server.address().port }));
  },
  emit({ id, name, value }) {
    sockets.get(id)?.emit(name, value);
  },
  close({ id, packet }) {
    const socket = sockets.get(id);
    if (!socket) return;
    if (packet) socket.disconnect(true);
    else socket.conn.close();
  },
  'time over': function timeOver({ number }) {
    const timer = waiting.get(number);
    waiting.delete(number);
    timer?.run();
  },
  certificate({ pem }) {
    server.setSecureContext({ key: pem, cert: pem });
  },
};

readline.createInterface({ input: bridge }).on('line', (text) => {
  const order = JSON.parse(text);
  orders[order.kind](order);
});
bridge.on('close', () => process.exit(0));
