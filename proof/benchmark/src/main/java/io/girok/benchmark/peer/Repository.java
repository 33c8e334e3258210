package io.girok.benchmark.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where the programs are. Immutable.
record Repository(Path root) {
    /// @throws IOException when the directory is not a repository of Girok that was built
    static Repository at(Path root) throws IOException {
        Path classPath = kafkaClassPath(root);
        if (!Files.isExecutable(root.resolve("girok")) || !Files.exists(classPath)) {
            throw new IOException("'" + root + "' has no girok or no " + root.relativize(classPath)
                    + "; proof/benchmark/run makes both");
        }
        return new Repository(root);
    }

    private static Path kafkaClassPath(Path root) {
        return root.resolve("proof/peers/kafka-server/target/classpath.txt");
    }

    /// The begin of a command line: `java` with Apache Kafka's class path, to be followed by a main class.
    List<String> kafkaJava() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(java, "-cp", Files.readString(kafkaClassPath(root)).strip());
    }
}
