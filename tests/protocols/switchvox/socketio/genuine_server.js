// Serve Socket.IO of the line that is asked for, and echo every request twice.
const http = require('http');

const [line, interval, timeout] = process.argv.slice(2);
const options = { path: '/rtapi/socket.io', pingInterval: Number(interval), pingTimeout: Number(timeout) };
const server = http.createServer();
const socketio = require(`socketio-${line}`);
const io = line === '4' ? new socketio.Server(server, options) : socketio(server, options);

io.on('connection', (socket) => {
  console.log('connection');
  socket.on('request', (request) => {
    if (request.method === 'leave') {
      socket.disconnect(true);
      return;
    }
    socket.emit('response', { id: request.id, echo: request.params });
    socket.emit('notification', { method: 'Zoë €', params: request.params });
  });
  socket.on('disconnect', () => console.log('disconnect'));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
