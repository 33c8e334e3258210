package io.girok.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/// Where settings come from, the later over the earlier: a properties file (`--config FILE`), the environment
/// (`GIROK_LOG_DIRS` is `log.dirs`), the command line (`--set name=value`). Stateless.
final class SettingSources {
    private static final String ENVIRONMENT_PREFIX = "GIROK_";
    /// Environment variables that are the launcher's, not settings.
    private static final Set<String> NOT_SETTINGS = Set.of("GIROK_JAVA_HOME", "GIROK_JAVA_OPTIONS", "GIROK_HOME",
            GirokServer.STARTED_AT, FirstAdmin.PASSWORD_VARIABLE);

    private SettingSources() {}

    /// @throws UsageError when an argument is not understood or the file can't be read
    static Map<String, String> read(List<String> arguments, Map<String, String> environment) {
        Map<String, String> fromFile = new LinkedHashMap<>();
        Map<String, String> fromCommandLine = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String option = argument.startsWith("--") && argument.contains("=")
                    ? argument.substring(0, argument.indexOf('='))
                    : argument;
            String value;
            if (option.length() < argument.length()) {
                value = argument.substring(option.length() + 1);
            } else if (i + 1 < arguments.size()) {
                value = arguments.get(++i);
            } else {
                value = "";
            }
            switch (option) {
                case "--config" -> fromFile.putAll(readFile(value));
                case "--set" -> putAssignment(fromCommandLine, value);
                default -> throw new UsageError(
                        "'" + argument + "' is not an option of start; allowed: --config FILE, --set name=value, "
                                + FirstAdmin.OPTION + " NAME");
            }
        }
        Map<String, String> all = new LinkedHashMap<>(fromFile);
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !NOT_SETTINGS.contains(name)) {
                String setting = name.substring(ENVIRONMENT_PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
                all.put(setting, value);
            }
        });
        all.putAll(fromCommandLine);
        return all;
    }

    private static void putAssignment(Map<String, String> settings, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new UsageError("--set takes name=value, given: '" + assignment + "'");
        }
        settings.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1).strip());
    }

    private static Map<String, String> readFile(String name) {
        if (name.isEmpty()) {
            throw new UsageError("--config takes the path of a properties file");
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(name), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new UsageError("--config '" + name + "': there is no such file", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError("--config '" + name + "' can't be read: " + e.getMessage(), e);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        properties.stringPropertyNames()
                .stream()
                .sorted()
                .forEach(key -> settings.put(key, properties.getProperty(key).strip()));
        return settings;
    }
}
