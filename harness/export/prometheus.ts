import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CampaignState } from '../campaign/state.ts';
import type { View } from '../campaign/view.ts';
import { UsageError } from '../usage.ts';
import { Metrics } from './metrics.ts';

const LOOPBACK = '127.0.0.1';
const PATH = '/metrics';
/** Milliseconds that are left in the end for what is being answered. */
const GRACE = 1000;

/** Metrics of a campaign over HTTP, for this machine only. */
export class Prometheus implements View {
  readonly #server: Server;
  readonly #metrics = new Metrics();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', this.#answer);
  }

  /**
   * @param port 0 for any that is free
   * @throws {UsageError} where it cannot be had
   */
  static async listen(port: number): Promise<Prometheus> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(port, error)));
      server.listen(port, LOOPBACK, resolve);
    });
    // From here on a fault of one connection is that connection's.
    server.removeAllListeners('error').on('error', () => {});
    // It serves a campaign, and keeps no process alive.
    server.unref();
    return new Prometheus(server);
  }

  /** Where it is to be scraped. */
  get url(): string {
    return `http://${LOOPBACK}:${(this.#server.address() as AddressInfo).port}${PATH}`;
  }

  show(state: CampaignState): void {
    this.#metrics.state = state;
  }

  /** Answers what is being asked, and no more after that. */
  end(state: CampaignState): Promise<void> {
    this.show(state);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#server.closeAllConnections(), GRACE);
      this.#server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  readonly #answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url?.split('?')[0] !== PATH) return refuse(response, 404, `there is only ${PATH} here`);
    if (request.method !== 'GET')
      return refuse(response, 405, `${PATH} is to be read with GET`, { Allow: 'GET' });
    const text = await this.#metrics.text();
    response.writeHead(200, { 'Content-Type': this.#metrics.contentType }).end(text);
  };
}

function refuse(response: ServerResponse, code: number, text: string, headers = {}): void {
  response.writeHead(code, { 'Content-Type': 'text/plain', ...headers }).end(`${text}\n`);
}

function refusal(port: number, { code }: NodeJS.ErrnoException): UsageError {
  const reason =
    code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'may not be used' : `cannot be had: ${code}`;
  return new UsageError(`port ${port} ${reason}; name another for the metrics, or 0 for any that is free`);
}
