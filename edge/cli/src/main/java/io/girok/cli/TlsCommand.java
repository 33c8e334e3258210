package io.girok.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok tls`.
@Command(name = "tls", description = {"Make a certificate authority for development, and certificates of it.",
    "DIRECTORY gets ca.pem, which brokers and clients trust; NAME.pem, key and certificate of each host and client; "
            + "and the properties that use them. The authority is made once; a certificate that is there is renewed.",
    "The keys have no password: whoever reads DIRECTORY can be anybody. Not for production."})
final class TlsCommand implements Runnable {
    @Parameters(paramLabel = "DIRECTORY", description = "Where the files go; made if it is missing.")
    Path directory = Path.of("");

    @Option(names = "--host", paramLabel = "NAME[,NAME]...",
            description = "A broker, with all names and addresses it is reached by; may be repeated. The first one "
                    + "names its file. Default: localhost,127.0.0.1,::1")
    List<String> hosts = new ArrayList<>();

    @Option(names = "--client", paramLabel = "NAME", description = "A client, which is CN=NAME; may be repeated.")
    List<String> clients = new ArrayList<>();

    @Override
    public void run() {
        List<String> brokers = hosts.isEmpty() ? List.of("localhost,127.0.0.1,::1") : hosts;
        try (Output output = Output.standard()) {
            Files.createDirectories(directory);
            DevelopmentAuthority authority = DevelopmentAuthority.open(directory);
            for (String broker : brokers) {
                List<String> names = List.of(broker.split(",", -1));
                Path pem = authority.issue(names.getFirst(), names);
                output.line(write(names.getFirst() + ".broker.properties", List.of("ssl.keystore.type=PEM",
                        "ssl.keystore.location=" + pem, "ssl.truststore.type=PEM",
                        "ssl.truststore.location=" + authority.certificate())));
            }
            for (String client : clients) {
                Path pem = authority.issue(client, List.of());
                output.line(write(client + ".properties", List.of("security.protocol=SSL", "ssl.keystore.type=PEM",
                        "ssl.keystore.location=" + pem, "ssl.truststore.type=PEM",
                        "ssl.truststore.location=" + authority.certificate())));
            }
            output.line(write("client.properties", List.of("security.protocol=SSL", "ssl.truststore.type=PEM",
                    "ssl.truststore.location=" + authority.certificate())));
        } catch (IOException e) {
            throw Failure.of(String.valueOf(e.getMessage()));
        }
    }

    private String write(String file, List<String> lines) throws IOException {
        return Files.write(directory.toAbsolutePath().normalize().resolve(file), lines).toString();
    }
}
