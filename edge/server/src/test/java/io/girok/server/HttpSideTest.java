package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpSideTest {
    private HttpSide side;

    @BeforeEach
    void start() throws IOException {
        side = HttpSide.start(address(0), () -> new MetricsText().counter("girok_things_total", "Things.", 3)
                .gauges("girok_sizes", "Sizes.", Map.of(Map.of("topic", "a \"b\" \\c\nd", "partition", "7"), 1.5)));
    }

    @AfterEach
    void stop() {
        side.close();
    }

    private static ListenerAddress address(int port) {
        return ListenerAddress.parse("http.listeners", "HTTP", List.of("HTTP://127.0.0.1:" + port)).getFirst();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + side.port() + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void metricsAreInPrometheusFormat() throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(MetricsText.CONTENT_TYPE);
        assertThat(answer.body()).isEqualTo("""
                # HELP girok_things_total Things.
                # TYPE girok_things_total counter
                girok_things_total 3
                # HELP girok_sizes Sizes.
                # TYPE girok_sizes gauge
                girok_sizes{partition="7",topic="a \\"b\\" \\\\c\\nd"} 1.5
                """);
    }

    @Test
    void whatIsNotThereIsSaidSo() throws IOException, InterruptedException {
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/metrics/more").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(send("HEAD", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        assertThatThrownBy(() -> HttpSide.start(address(side.port()), MetricsText::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("HTTP://127.0.0.1:" + side.port());
    }

    @Test
    void onlyHttpIsListenedFor() {
        assertThatThrownBy(() -> ListenerAddress.parse("http.listeners", "HTTP", List.of("PLAINTEXT://127.0.0.1:1")))
                .hasMessageContaining("http.listeners")
                .hasMessageContaining("HTTP://HOST:PORT");
    }
}
