package io.girok.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a broker says over HTTP: its metrics, at `/metrics`. Thread-safe; each request has a virtual thread.
final class HttpSide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpSide.class);
    private static final String METRICS = "/metrics";
    /// For a client to send its request, and to take the answer, in seconds.
    private static final String TIME_LIMIT = "10";
    private static final int MAX_CONNECTIONS = 100;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Supplier<MetricsText> metrics;

    private HttpSide(HttpServer server, Supplier<MetricsText> metrics) {
        this.server = server;
        this.metrics = metrics;
    }

    /// @param metrics asked for each time
    /// @throws IOException when the address can't be listened on; says which
    static HttpSide start(ListenerAddress address, Supplier<MetricsText> metrics) throws IOException {
        System.setProperty("sun.net.httpserver.maxReqTime", TIME_LIMIT);
        System.setProperty("sun.net.httpserver.maxRspTime", TIME_LIMIT);
        System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));
        InetSocketAddress local = address.host().isEmpty()
                ? new InetSocketAddress(address.port())
                : new InetSocketAddress(address.host(), address.port());
        HttpServer server;
        try {
            server = HttpServer.create(local, 0);
        } catch (IOException e) {
            throw new IOException("listener " + address + " can't be opened: " + e.getMessage(), e);
        }
        HttpSide side = new HttpSide(server, metrics);
        server.setExecutor(side.threads);
        server.createContext("/", side::answer);
        server.start();
        LOG.info("metrics are at http://{}:{}{}", address.host(), server.getAddress().getPort(), METRICS);
        return side;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            if (!exchange.getRequestURI().getPath().equals(METRICS)) {
                send(exchange, NOT_FOUND, "text/plain; charset=utf-8", "there is " + METRICS + "\n", isHead);
            } else if (!isHead && !exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", METRICS + " is read with GET\n", false);
            } else {
                send(exchange, OK, MetricsText.CONTENT_TYPE, metrics.get().toString(), isHead);
            }
        } catch (RuntimeException e) {
            LOG.error("{} over HTTP could not be answered", exchange.getRequestURI(), e);
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text, boolean isHead)
            throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
        if (!isHead) {
            exchange.getResponseBody().write(body);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
