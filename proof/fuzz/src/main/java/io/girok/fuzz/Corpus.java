package io.girok.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// The inputs of a target that are worth keeping: one zip file for each, the same bytes for the same inputs. Stateless.
final class Corpus {
    private static final int NAME_BYTES = 10;

    private Corpus() {}

    static Path packOf(Path root, Targets target) {
        return root.resolve(target.label() + ".zip");
    }

    /// None when there is no such file.
    static List<byte[]> read(Path pack) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        if (!Files.exists(pack)) {
            return inputs;
        }
        try (InputStream file = Files.newInputStream(pack); ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                inputs.add(zip.readAllBytes());
            }
        }
        return inputs;
    }

    static void write(Path pack, Collection<byte[]> inputs) throws IOException {
        Map<String, byte[]> byName = new TreeMap<>();
        inputs.forEach(input -> byName.put(nameOf(input), input));
        try (OutputStream file = Files.newOutputStream(pack); ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> each : byName.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setTimeLocal(java.time.LocalDateTime.of(2000, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                zip.write(each.getValue());
            }
        }
    }

    /// Puts inputs into files, as the fuzzer wants them.
    ///
    /// @param prefix goes before each
    static void unpack(Collection<byte[]> inputs, byte[] prefix, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (byte[] input : inputs) {
            byte[] whole = new byte[prefix.length + input.length];
            System.arraycopy(prefix, 0, whole, 0, prefix.length);
            System.arraycopy(input, 0, whole, prefix.length, input.length);
            Files.write(directory.resolve(nameOf(whole)), whole);
        }
    }

    static List<byte[]> readFiles(Path directory) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        return inputs;
    }

    private static String nameOf(byte[] input) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(input);
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
