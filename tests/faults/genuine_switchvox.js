// Serve the Realtime API by a genuine Socket.IO server, and hand everything else on to the simulator.
//
// What happens on its sockets, and what is to be sent there, goes over one more connection as lines of JSON.
const http = require('http');
const https = require('https');
const net = require('net');
const readline = require('readline');

const [line, control, backend] = process.argv.slice(2).map(Number);
const socketio = require(`socketio-${line}`);
const sockets = new Map();
const bridge = net.connect(control, '127.0.0.1').setNoDelay(true);
const tell = (message) => bridge.write(`${JSON.stringify(message)}\n`);
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
    const options = { path: '/rtapi/socket.io', pingInterval: 25000, pingTimeout: 60000, wsEngine: 'ws' };
    const io = line === 4 ? new socketio.Server(server, options) : socketio(server, options);
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
  certificate({ pem }) {
    server.setSecureContext({ key: pem, cert: pem });
  },
};

readline.createInterface({ input: bridge }).on('line', (text) => {
  const order = JSON.parse(text);
  orders[order.kind](order);
});
bridge.on('close', () => process.exit(0));
