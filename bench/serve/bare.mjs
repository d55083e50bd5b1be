// The least that a server of Node can do for a prediction: `node:http` reads a row as JSON and answers with JSON of the
// same length as a prediction, without a model, checks, metrics, or a log. What it costs is this machine's price of a
// request, to which ours is compared.
import { createServer } from 'node:http';

const answer = JSON.parse(process.env.ANSWER);

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    JSON.parse(Buffer.concat(parts).toString());
    const text = JSON.stringify(answer);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
