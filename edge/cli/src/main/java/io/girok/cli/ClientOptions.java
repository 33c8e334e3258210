package io.girok.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command that talks to a broker takes, and the clients' settings made of it. Owned by its command.
final class ClientOptions {
    static final String VERBOSE = "--verbose";
    static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int ANSWER_TIMEOUT_MS = 15_000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT",
            description = "Brokers to ask first, with commas between them. Default: "
                    + DEFAULT_BOOTSTRAP)
    @Nullable
    String bootstrap;

    @Option(names = "--config", paramLabel = "FILE", description = "A properties file with settings for the client.")
    @Nullable
    Path config;

    @Option(names = VERBOSE, description = "Show what the client logs, on standard error.")
    boolean verbose;

    /// The settings for any client, after a look whether anybody listens at all: the clients themselves would go on
    /// trying for minutes without a word.
    Map<String, Object> properties() {
        System.setProperty("org.slf4j.simpleLogger.logFile", "System.err");
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "off");
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "girok");
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        if (config != null) {
            properties.putAll(readFile(config));
        }
        if (bootstrap != null) {
            properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        }
        properties.putIfAbsent(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, DEFAULT_BOOTSTRAP);
        checkReachable(properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG).toString());
        return properties;
    }

    Admin admin() {
        return Admin.create(properties());
    }

    private static Map<String, String> readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw Failure.usage("--config '" + file + "': there is no such file");
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.usage("--config '" + file + "' can't be read: " + e.getMessage());
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name).strip()));
        return settings;
    }

    private static void checkReachable(String addresses) {
        String reason = "no address given";
        for (String address : addresses.split(",", -1)) {
            HostPort hostPort = HostPort.parse(address.strip());
            try (Socket socket = new Socket()) {
                InetSocketAddress resolved = new InetSocketAddress(hostPort.host(), hostPort.port());
                if (resolved.isUnresolved()) {
                    reason = "the host name is unknown";
                    continue;
                }
                socket.connect(resolved, CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        throw Failure.of("no broker can be reached at '" + addresses + "': " + reason);
    }
}
