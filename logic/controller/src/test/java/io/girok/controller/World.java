package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.controller.ControllerRules.TopicDefaults;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A controller, and the image that its decisions lead to. Owned by the test.
final class World {
    /// What topics inherit.
    final Map<String, String> settings = new HashMap<>();
    MetadataImage image = MetadataImage.EMPTY;
    long nowMs;
    private final ControllerRules rules;
    private final Controller controller;

    World(long seed) {
        this(seed, List.of());
    }

    /// @param founding what its cluster begins with beside itself
    World(long seed, List<MetadataRecord> founding) {
        this.rules = rules(seed, settings, founding);
        this.controller = new Controller(rules);
    }

    static ControllerRules rules(long seed) {
        return rules(seed, Map.of(), List.of());
    }

    private static ControllerRules rules(long seed, Map<String, String> settings, List<MetadataRecord> founding) {
        Random random = new Random(seed);
        return new ControllerRules(new TopicDefaults(3, 1), new FewSettings(settings),
                () -> new TopicId(random.nextLong(), random.nextLong()), random::nextInt, founding);
    }

    /// A world with brokers 1, 2, ..., ready, broker `i` on `racks[i - 1]` (empty: none).
    static World withBrokers(String... racks) {
        World world = new World(7);
        for (int i = 0; i < racks.length; i++) {
            world.addBroker(i + 1, racks[i]);
        }
        return world;
    }

    void addBroker(int id, String rack) {
        long epoch = run(registration(id, 1, rack)).get();
        run(new FenceBroker(id, epoch, false));
    }

    static RegisterBroker registration(int id, long incarnation, String rack) {
        return registration(id, incarnation, rack, true);
    }

    static RegisterBroker registration(int id, long incarnation, String rack, boolean areLogsWhole) {
        return new RegisterBroker("cluster", id, new TopicId(id, incarnation),
                List.of(new Endpoint("PLAINTEXT", "", 9092)),
                rack.isEmpty() ? null : rack, List.of(directory(id)), areLogsWhole);
    }

    /// The only log directory of a broker.
    static TopicId directory(int brokerId) {
        return new TopicId(50, brokerId);
    }

    /// How many replicas of a partition have to be in sync before anything is committed.
    int required(TopicImage topic, PartitionImage partition) {
        return Math.min(rules.minInSyncReplicas(image, topic.name()), partition.replicas().size());
    }

    /// Decides the command and applies what was decided, by way of its bytes.
    <A> A run(Command<A> command) {
        Decision<A> decision = decide(command);
        apply(decision.records());
        return decision.answer();
    }

    <A> Decision<A> decide(Command<A> command) {
        return controller.handle(image, command, nowMs);
    }

    void apply(List<MetadataRecord> records) {
        List<MetadataRecord> read = records.stream()
                .map(record -> MetadataCodec.decode(MetadataCodec.encode(record)))
                .toList();
        image = ImageChange.of(image, read).image();
    }

    /// `size` may be a number only, `list` a list without blanks inside; beside what elections depend on, nothing else
    /// can be set.
    record FewSettings(Map<String, String> inherited) implements ConfigValidator {
        @Override
        public Optional<String> problem(ConfigTarget target, String name, @Nullable String value) {
            return switch (name) {
                case "size" -> value == null || value.matches("\\d+")
                        ? Optional.empty()
                        : Optional.of("size is '" + value + "', a number is expected");
                case "list", ControllerRules.MIN_IN_SYNC_REPLICAS, ControllerRules.UNCLEAN_LEADER_ELECTION ->
                    Optional.empty();
                default -> Optional.of("there is no setting '" + name + "'");
            };
        }

        @Override
        public Optional<String> contradiction(ConfigTarget target, Map<String, String> values) {
            return values.equals(Map.of("size", "0", "list", "a"))
                    ? Optional.of("size 0 is too small for a list")
                    : Optional.empty();
        }

        @Override
        public boolean isList(ConfigTarget target, String name) {
            return name.equals("list");
        }

        @Override
        public String inheritedValue(MetadataImage image, ConfigTarget target, String name) {
            return name.equals("list")
                    ? "x,y"
                    : image.config(ConfigTarget.ALL_BROKERS).getOrDefault(name, inherited.getOrDefault(name, "1"));
        }
    }
}
