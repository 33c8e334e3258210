package io.girok.benchmark.peer;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/// A certificate that all contenders use, made by `girok tls`. Immutable.
record TlsFiles(Path directory) {
    static TlsFiles make(Repository repository, Path directory) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder(List.of(repository.root().resolve("girok").toString(), "tls",
                directory.toString(), "--host", "localhost,127.0.0.1"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("girok tls failed");
        }
        return new TlsFiles(directory);
    }

    /// What a broker is told of it.
    Map<String, String> brokerSettings() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(directory.resolve("localhost.broker.properties"))) {
            properties.load(reader);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        return settings;
    }

    /// The properties of a client.
    Path client() {
        return directory.resolve("client.properties");
    }
}
