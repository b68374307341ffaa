import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Ec2Double } from './ec2.ts';
import { decode, encode, encodeRefusal, Malformed, operationOf, Refused } from './ec2-wire.ts';

/** Milliseconds by which clocks may differ. */
const SKEW = 300_000;

export interface Ec2Server {
  readonly url: string;
  /** What was asked otherwise than the model of the service has it; none if the client is right. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Has the double answer on loopback with the Query protocol, and looks at each request as EC2 would. */
export async function serveEc2(double: Ec2Double): Promise<Ec2Server> {
  const complaints: string[] = [];
  const http = createServer((request, response) => {
    respond(double, request, response, complaints).catch((error) => {
      complaints.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    complaints,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function respond(double: Ec2Double, request: IncomingMessage, response: ServerResponse, complaints: string[]): Promise<void> {
  const body = await text(request);
  const parameters = new URLSearchParams(body);
  const action = parameters.get('Action') ?? '';
  const fault = double.faultOf(action);
  if (fault?.before?.()) return void response.destroy();
  const headers = { date: new Date(double.now()).toUTCString(), 'content-type': 'text/xml;charset=UTF-8', ...fault?.headers };
  const requestId = randomUUID();
  try {
    if (fault?.html !== undefined)
      return void response.writeHead(fault.status ?? 502, { ...headers, 'content-type': 'text/html' }).end(fault.html);
    checkSignature(double, request, body);
    if (fault?.code) throw new Refused(fault.code, fault.message ?? 'It is as it is.', fault.status);
    const operation = operationOf(action);
    const answer = double.answer(operation.name, decode(parameters, operation));
    if (fault?.after?.()) return void response.destroy();
    response.writeHead(200, headers).end(encode(answer, operation, requestId));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error instanceof Malformed) complaints.push(`${action}: ${error.message}`);
    response.writeHead(error.status, headers).end(encodeRefusal(error, requestId));
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function checkSignature(double: Ec2Double, { method = '', url = '', headers }: IncomingMessage, body: string): void {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/([^/]+)\/([^/]+)\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, keyId = '', scope = '', region, service, signed = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  if (!keyId) throw new Malformed('IncompleteSignature', 'The request signature does not conform to AWS standards.');
  const secret = double.keys.get(keyId);
  if (!secret) throw new Refused('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  if (region !== double.region || service !== 'ec2')
    throw new Malformed('IncompleteSignature', `The scope ${scope} is not of this service.`);
  const date = String(headers['x-amz-date']);
  const told = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(told - double.now()) < SKEW)) throw new Refused('RequestExpired', 'Request has expired.');
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const canonical = [method, url, '', lines.join(''), signed, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [...scope.split('/')].reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  if (hmac(key, toSign).toString('hex') !== signature)
    throw new Refused('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.', 403);
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}
