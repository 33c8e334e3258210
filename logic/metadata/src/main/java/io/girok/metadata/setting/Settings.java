package io.girok.metadata.setting;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A broker's settings as its operator gave them, checked. Immutable.
public final class Settings {
    private static final Pattern SECRET_NAME = Pattern.compile("pass|secret|jaas|key|digest|credential|token",
            Pattern.CASE_INSENSITIVE);

    private final Map<String, String> given;

    private Settings(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    /// @param texts values by name, as they stand in a file or on a command line
    /// @throws InvalidSetting that names every unknown setting and every value that is not allowed
    public static Settings parse(Map<String, String> texts) {
        Map<String, String> given = new HashMap<>();
        List<String> problems = new ArrayList<>();
        texts.forEach((name, text) -> {
            Setting<?> setting = BrokerSettings.find(name);
            if (setting == null) {
                problems.add(
                        "setting '" + name + "'" + shown(name, text) + " is unknown"
                                + NearestName.hint(name, BrokerSettings.all().stream().map(Setting::name)));
                return;
            }
            try {
                if (setting.defaultText() != null || !text.isBlank()) {
                    setting.parse(text);
                    given.put(name.startsWith(SecuritySettings.LISTENER_PREFIX) ? name : setting.name(), text.strip());
                }
            } catch (InvalidSetting invalid) {
                problems.add(Objects.requireNonNull(invalid.getMessage()));
            }
        });
        Settings settings = new Settings(given);
        if (problems.isEmpty()) {
            settings.checkTogether(problems);
        }
        if (!problems.isEmpty()) {
            problems.sort(null);
            throw new InvalidSetting(String.join("\n", problems));
        }
        return settings;
    }

    /// A secret whose name is misspelled stays one.
    private static String shown(String name, String text) {
        return SECRET_NAME.matcher(name).find() ? "" : " (given: '" + text + "')";
    }

    private void checkTogether(List<String> problems) {
        long largest = get(BrokerSettings.SOCKET_REQUEST_MAX_BYTES);
        long all = get(BrokerSettings.QUEUED_MAX_REQUEST_BYTES);
        if (all < 2 * largest) {
            problems.add(
                    "setting 'queued.max.request.bytes' is '" + all
                            + "'; allowed: at least twice socket.request.max.bytes ("
                            + 2 * largest + ")");
        }
        if (!get(BrokerSettings.ZOOKEEPER_CONNECT).isEmpty()
                && !get(BrokerSettings.CONTROLLER_QUORUM_VOTERS).isEmpty()) {
            problems.add("settings 'zookeeper.connect' and 'controller.quorum.voters' are both given; allowed: one of "
                    + "them, since the metadata are kept either by ZooKeeper or by the voters");
        }
        if (get(BrokerSettings.GROUP_MAX_SESSION_TIMEOUT_MS) < get(BrokerSettings.GROUP_MIN_SESSION_TIMEOUT_MS)) {
            problems.add(
                    "setting 'group.max.session.timeout.ms' is '" + get(BrokerSettings.GROUP_MAX_SESSION_TIMEOUT_MS)
                            + "'; allowed: at least group.min.session.timeout.ms ("
                            + get(BrokerSettings.GROUP_MIN_SESSION_TIMEOUT_MS) + ")");
        }
    }

    /// The value of a setting that has a default.
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalArgumentException(setting.name() + " has no default"));
    }

    public <T> Optional<T> find(Setting<T> setting) {
        String text = given.getOrDefault(setting.name(), setting.defaultText());
        return text == null ? Optional.empty() : Optional.of(setting.parse(text));
    }

    /// What the operator wrote, null when the setting was left at its default.
    public @Nullable String givenText(Setting<?> setting) {
        return given.get(setting.name());
    }

    @Nullable
    String givenText(String name) {
        return given.get(name);
    }

    /// What is in force at the listener of that name.
    public ListenerSettings at(String listener) {
        return new ListenerSettings(this, listener);
    }

    /// The listeners for which something was given, in lower case.
    public Set<String> listenersNamed() {
        return given.keySet()
                .stream()
                .filter(name -> name.startsWith(SecuritySettings.LISTENER_PREFIX))
                .map(name -> name.split("\\.", 4)[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
