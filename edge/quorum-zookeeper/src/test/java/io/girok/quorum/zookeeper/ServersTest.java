package io.girok.quorum.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.quorum.zookeeper.ServerVersions.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ServersTest {
    @Test
    void serversAndARootAreRead() {
        assertThat(Servers.parse(" a:2181,b:2182/kafka/one ")).isEqualTo(new Servers("a:2181,b:2182", "/kafka/one"));
        assertThat(Servers.parse("a")).isEqualTo(new Servers("a", ""));
        assertThat(Servers.parse("a:1/")).isEqualTo(new Servers("a:1", ""));
    }

    @Test
    void whatNamesNoServerOrNoPathIsRefused() {
        assertThatThrownBy(() -> Servers.parse("/girok")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Servers.parse("a:2181/girok/")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Servers.parse("a:port")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void versionsAreComparedByNumber() {
        assertThat(ServerVersions.parse("Zookeeper version: 3.9.10-abc, built on 2026-01-01\nMode: leader\n"))
                .contains(new Version(3, 9, 10));
        assertThat(new Version(3, 9, 10)).isGreaterThan(new Version(3, 9, 4));
        assertThat(new Version(3, 10, 0)).isGreaterThan(new Version(3, 9, 4));
        assertThat(new Version(3, 8, 9)).isLessThan(new Version(3, 9, 4));
        assertThat(ServerVersions.parse("srvr is not executed because it is not in the whitelist.")).isEmpty();
    }

    @Test
    void aServerThatLosesDataIsRefused() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Servers servers = answering(server, "Zookeeper version: 3.9.3-c26634f, built on 2024-10-17\n");

            ServerVersions versions = ServerVersions.ask(servers, new ZKClientConfig(), 60_000);

            assertThatThrownBy(() -> versions.check(Optional.of(addressOf(server))))
                    .hasMessageContaining("has version 3.9.3; allowed: 3.9.4 or later");
        }
    }

    @Test
    void aServerThatDoesNotSayIsWarnedOfOnly() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Servers servers = answering(server, "srvr is not executed because it is not in the whitelist.\n");

            ServerVersions.ask(servers, new ZKClientConfig()).check(Optional.empty());
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedFor() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Servers servers = Servers.parse(answering(server, "Zookeeper version: 3.9.5-a, built on 2026-01-01\n")
                    + ",127.0.0.1:" + silent.getLocalPort());

            ServerVersions.ask(servers, new ZKClientConfig(), 60_000).check(Optional.of(addressOf(server)));
        }
    }

    private static InetSocketAddress addressOf(ServerSocket server) {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private static Servers answering(ServerSocket server, String answer) {
        Thread.ofVirtual().start(() -> {
            try (Socket asked = server.accept()) {
                asked.getInputStream().readNBytes(4);
                asked.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // The test has ended.
            }
        });
        return Servers.parse("127.0.0.1:" + server.getLocalPort());
    }
}
