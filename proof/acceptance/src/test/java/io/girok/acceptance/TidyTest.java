package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a reader would trip over: files and modules that outgrew their room, unfinished notes, packages without a word.
class TidyTest {
    private static final int MAX_FILE_LINES = 600;
    private static final int MAX_LINE_COLUMNS = 120;
    /// "About 5,000": comments, imports and blank lines are not counted.
    private static final int MAX_MODULE_LINES = 5_500;
    private static final List<String> ROWS = List.of("ground", "logic", "edge", "proof");

    private final Path root = RepositoryRoot.find();

    @Test
    void noFileIsLongerThanItsLimit() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : javaFiles()) {
            int lines = read(file).size();
            if (lines > MAX_FILE_LINES) {
                tooLong.add(root.relativize(file) + ": " + lines + " lines");
            }
        }

        assertThat(tooLong).isEmpty();
    }

    @Test
    void noLineIsWiderThanItsLimit() {
        List<String> tooWide = new ArrayList<>();
        for (Path file : javaFiles()) {
            List<String> lines = read(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).length() > MAX_LINE_COLUMNS && !lines.get(i).contains("http")) {
                    tooWide.add(root.relativize(file) + ":" + (i + 1));
                }
            }
        }

        assertThat(tooWide).isEmpty();
    }

    @Test
    void noModuleOutgrowsItsRoom() {
        Map<String, Long> linesByModule = new TreeMap<>();
        for (Path file : javaFiles()) {
            String path = root.relativize(file).toString();
            if (path.contains("/src/main/")) {
                long code = read(file).stream().filter(TidyTest::isCode).count();
                linesByModule.merge(path.substring(0, path.indexOf("/src/")), code, Long::sum);
            }
        }

        assertThat(linesByModule).isNotEmpty();
        assertThat(linesByModule)
                .allSatisfy((module, lines) -> assertThat(lines).isLessThanOrEqualTo(MAX_MODULE_LINES));
    }

    @Test
    void nothingIsLeftForLater() {
        List<String> notes = new ArrayList<>();
        for (Path file : javaFiles()) {
            List<String> lines = read(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).matches(".*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b.*")) {
                    notes.add(root.relativize(file) + ":" + (i + 1));
                }
            }
        }

        assertThat(notes).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        List<Path> silent = javaFiles().stream()
                .filter(file -> file.toString().contains("/src/main/"))
                .map(Path::getParent)
                .distinct()
                .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
                .map(root::relativize)
                .toList();

        assertThat(silent).isEmpty();
    }

    private static boolean isCode(String line) {
        String text = line.strip();
        return !text.isEmpty() && !text.startsWith("//") && !text.startsWith("import ") && !text.startsWith("*");
    }

    private List<Path> javaFiles() {
        List<Path> files = new ArrayList<>();
        for (String row : ROWS) {
            try (Stream<Path> tree = Files.walk(root.resolve(row))) {
                tree.filter(path -> path.toString().endsWith(".java"))
                        .filter(path -> !path.toString().contains("/target/"))
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
