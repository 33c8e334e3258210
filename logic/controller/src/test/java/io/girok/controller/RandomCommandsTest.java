package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Kind;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.CreatePartitions.Growth;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.DeleteTopics.ById;
import io.girok.controller.DeleteTopics.ByName;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RandomCommandsTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int ROUNDS = 6;
    private static final int COMMANDS = 200;

    @Test
    void whateverIsAskedTheImageStaysSoundAndDecisionsRepeat() {
        System.out.println("RandomCommandsTest -Dseed=" + SEED);
        Random seeds = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            long seed = seeds.nextLong();
            Random random = new Random(seed);
            World world = new World(seed);
            World twin = new World(seed);
            world.settings.put("min.insync.replicas", "" + (1 + random.nextInt(3)));
            world.settings.put("unclean.leader.election.enable", "" + (random.nextInt(4) == 0));
            twin.settings.putAll(world.settings);
            for (int i = 0; i < COMMANDS; i++) {
                Command<?> command = command(random, world.image);
                checkSize(world.image, command);
                MetadataImage before = world.image;

                Object answer = world.run(command);

                assertThat(twin.run(command)).as("seed %d: the answer to %s", SEED, command).isEqualTo(answer);
                assertThat(twin.image).isEqualTo(world.image);
                checkSound(before, world, command);
            }
        }
    }

    private static void checkSize(MetadataImage image, Command<?> command) {
        long bytes = new Controller(World.rules(1)).handle(image, command, 0)
                .records()
                .stream()
                .mapToLong(record -> MetadataCodec.encode(record).length)
                .sum();
        assertThat(bytes).isLessThanOrEqualTo(MetadataLog.MAX_BATCH_BYTES);
    }

    private static void checkSound(MetadataImage before, World world, Command<?> command) {
        MetadataImage image = world.image;
        Set<String> unified = new HashSet<>();
        for (TopicImage topic : image.topics()) {
            assertThat(topic.partitions()).isNotEmpty();
            assertThat(unified.add(topic.name().replace('.', '_'))).as("seed %d: %s", SEED, topic.name()).isTrue();
            int replicationFactor = topic.partitions().getFirst().targetReplicas().size();
            for (PartitionImage partition : topic.partitions()) {
                checkSound(image, partition);
                assertThat(partition.isr().size() < world.required(topic, partition) || partition.elr().isEmpty())
                        .as("seed %d: where records may be committed, nobody else is eligible: %s", SEED, partition)
                        .isTrue();
                assertThat(partition.replicas()).containsAll(partition.isr())
                        .doesNotHaveDuplicates()
                        .allMatch(id -> image.broker(id) != null);
                assertThat(partition.targetReplicas()).hasSize(replicationFactor);
            }
            if (!losesCopies(command)) {
                assertThat(unclaimed(topic)).as("seed %d: who has all that is committed is not forgotten by %s", SEED,
                        command).isSubsetOf(unclaimed(before.topic(topic.id())));
            }
        }
        for (ConfigTarget target : image.configs().keySet()) {
            assertThat(target.kind() == ConfigTarget.Kind.BROKER || image.topic(target.name()) != null)
                    .as("seed %d: %s has settings, so it exists", SEED, target)
                    .isTrue();
        }
        assertThat(image.nextProducerId()).isGreaterThanOrEqualTo(before.nextProducerId());
    }

    private static void checkSound(MetadataImage image, PartitionImage partition) {
        assertThat(partition.elr()).noneMatch(partition.isr()::contains);
        assertThat(partition.replicas()).containsAll(partition.elr());
        if (partition.replicas().size() == 1) {
            assertThat(partition.isr()).containsExactly(partition.leader());
            return;
        }
        assertThat(partition.isr()).as("seed %d: in sync: ready ones only", SEED)
                .allMatch(id -> !Objects.requireNonNull(image.broker(id)).isFenced()
                        && Objects.requireNonNull(image.broker(id)).hasDirectory(partition.directoryOf(id)));
        assertThat(partition.leader() == PartitionImage.NO_LEADER || partition.isr().contains(partition.leader()))
                .as("seed %d: a leader is in sync: %s", SEED, partition)
                .isTrue();
        assertThat(partition.leader() != PartitionImage.NO_LEADER
                || partition.isr().stream().noneMatch(id -> Objects.requireNonNull(image.broker(id)).canLead()))
                .as("seed %d: there is a leader where there can be one: %s", SEED, partition)
                .isTrue();
    }

    /// A broker may turn out to have an empty disk.
    private static boolean losesCopies(Command<?> command) {
        return command instanceof RegisterBroker || command instanceof AssignDirectories;
    }

    /// The partitions of which nobody is known to have all.
    private static List<Integer> unclaimed(@Nullable TopicImage topic) {
        return topic == null
                ? List.of()
                : IntStream.range(0, topic.partitions().size())
                        .filter(index -> topic.partitions().get(index).isr().isEmpty()
                                && topic.partitions().get(index).elr().isEmpty())
                        .boxed()
                        .toList();
    }

    private static Command<?> command(Random random, MetadataImage image) {
        int brokerId = random.nextInt(5);
        return switch (random.nextInt(21)) {
            case 0 -> World.registration(brokerId, 1 + random.nextInt(2), random.nextBoolean() ? "a" : "");
            case 1, 2 -> new FenceBroker(brokerId, epoch(image, brokerId), random.nextInt(4) == 0);
            case 3, 4 -> new CreateTopics(some(random, () -> newTopic(random)), random.nextInt(5) == 0);
            case 5 -> new CreatePartitions(
                    some(random,
                            () -> new Growth(name(random), random.nextInt(30),
                                    random.nextInt(3) == 0 ? List.of(brokers(random)) : List.of())),
                    random.nextInt(5) == 0);
            case 6 -> new DeleteTopics(
                    some(random,
                            () -> random.nextBoolean()
                                    ? new ByName(name(random))
                                    : new ById(image.topics()
                                            .stream()
                                            .map(TopicImage::id)
                                            .sorted()
                                            .findFirst()
                                            .orElse(new TopicId(1, 1)))));
            case 7 -> new AlterConfigs(
                    some(random,
                            () -> new Alteration(target(random),
                                    List.of(random.nextInt(3) == 0
                                            ? new Operation(Kind.SET, "min.insync.replicas",
                                                    "" + (1 + random.nextInt(3)))
                                            : new Operation(Kind.values()[random.nextInt(4)],
                                                    random.nextBoolean() ? "list" : "size",
                                                    "" + random.nextInt(3))))),
                    random.nextInt(5) == 0);
            case 8 -> new ReplaceConfigs(
                    some(random, () -> new ReplaceConfigs.Replacement(target(random), Map.of("size", "7"))), false);
            case 9 -> new AllocateProducerIds();
            case 10 -> new LeaveCluster(brokerId, epoch(image, brokerId));
            case 11, 12 -> proposal(random, image);
            case 17 -> new BalanceLeaders(random.nextInt(30));
            case 13, 14 -> new AlterReassignments(
                    some(random,
                            () -> new AlterReassignments.Reassignment(
                                    new PartitionName(name(random), random.nextInt(2)),
                                    random.nextInt(4) == 0 ? null : brokers(random))),
                    false);
            case 15 -> new FailDirectories(brokerId, epoch(image, brokerId), List.of(directory(random, brokerId)));
            case 18 -> new ReportSpace(brokerId, epoch(image, brokerId), random.nextBoolean()
                    ? List.of()
                    : List.of(directory(random, brokerId)));
            case 16 -> assignment(random, image, brokerId);
            case 19 -> new CreateAcls(some(random, () -> acl(random)));
            case 20 -> new DeleteAcls(some(random, () -> new AclFilter(null, random.nextBoolean() ? name(random) : null,
                    AclFilter.Match.values()[random.nextInt(4)], null, null, AclOperation.READ, null)));
            default -> new RegisterBroker("cluster-" + random.nextInt(3), brokerId, new TopicId(3, 3), List.of(), null,
                    List.of(), random.nextBoolean());
        };
    }

    private static Acl acl(Random random) {
        AclPattern pattern = new AclPattern(AclResource.values()[random.nextInt(3)], random.nextBoolean(),
                random.nextInt(5) == 0 ? "" : name(random));
        return Acl.allow(pattern, random.nextInt(5) == 0 ? "nobody" : "User:" + random.nextInt(3),
                random.nextBoolean() ? AclOperation.READ : AclOperation.WRITE);
    }

    private static long epoch(MetadataImage image, int brokerId) {
        BrokerImage broker = image.broker(brokerId);
        return broker == null ? 0 : broker.epoch();
    }

    private static TopicId directory(Random random, int brokerId) {
        return random.nextInt(3) == 0 ? new TopicId(51, brokerId) : World.directory(brokerId);
    }

    /// Moves only: what was in a directory that is lost is known to nobody.
    private static Command<?> assignment(Random random, MetadataImage image, int brokerId) {
        BrokerImage broker = image.broker(brokerId);
        Map<PartitionId, TopicId> directories = new LinkedHashMap<>();
        image.topics().stream().sorted(Comparator.comparing(TopicImage::id)).forEach(topic -> {
            int index = random.nextInt(topic.partitions().size() + 1);
            boolean isMove = index == topic.partitions().size() || broker != null
                    && broker.hasDirectory(topic.partitions().get(index).directoryOf(brokerId));
            if (isMove) {
                directories.put(new PartitionId(topic.id(), index), directory(random, brokerId));
            }
        });
        return new AssignDirectories(brokerId, epoch(image, brokerId), directories);
    }

    /// Of some leader, to shrink or to grow.
    private static Command<?> proposal(Random random, MetadataImage image) {
        List<TopicImage> topics = image.topics().stream().sorted(Comparator.comparing(TopicImage::id)).toList();
        if (topics.isEmpty()) {
            return new RepairPartitions();
        }
        TopicImage topic = topics.get(random.nextInt(topics.size()));
        int index = random.nextInt(topic.partitions().size());
        PartitionImage partition = topic.partitions().get(index);
        List<AlterPartitions.Member> isr = partition.replicas()
                .stream()
                .filter(id -> id == partition.leader() || random.nextBoolean())
                .map(id -> new AlterPartitions.Member(id, epoch(image, id)))
                .toList();
        return new AlterPartitions(partition.leader(), epoch(image, partition.leader()), List.of(
                new AlterPartitions.Proposal(topic.id(), index, partition.leaderEpoch(),
                        partition.partitionEpoch() - random.nextInt(8) / 7, isr)));
    }

    private static <T> List<T> some(Random random, java.util.function.Supplier<T> one) {
        return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(_ -> one.get()).toList();
    }

    private static String name(Random random) {
        return "t" + (random.nextBoolean() ? "." : "_") + random.nextInt(6) + (random.nextInt(20) == 0 ? "/" : "");
    }

    private static List<Integer> brokers(Random random) {
        return random.ints(1 + random.nextInt(2), 0, 5).boxed().toList();
    }

    private static NewTopic newTopic(Random random) {
        Map<String, String> config = random.nextInt(3) == 0 ? Map.of("size", "" + random.nextInt(9)) : Map.of();
        return random.nextInt(3) == 0
                ? new NewTopic(name(random), -1, -1, List.of(new Assignment(0, brokers(random))), config)
                : new NewTopic(name(random), random.nextInt(-1, 9), random.nextInt(-1, 4), List.of(), config);
    }

    private static ConfigTarget target(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> ConfigTarget.topic(name(random));
            case 1 -> ConfigTarget.broker(random.nextInt(5));
            default -> ConfigTarget.ALL_BROKERS;
        };
    }
}
