package io.girok.membership.balance;

import io.girok.balance.Move;
import io.girok.balance.ThrottledCopies;
import io.girok.base.PartitionName;
import io.girok.controller.AlterConfigs;
import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Kind;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.AlterReassignments;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the controller is asked for to carry out moves. Stateless.
final class BalanceCommands {
    static final String LEADER_RATE = "leader.replication.throttled.rate";
    static final String FOLLOWER_RATE = "follower.replication.throttled.rate";
    static final String LEADER_REPLICAS = "leader.replication.throttled.replicas";
    static final String FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

    private BalanceCommands() {}

    /// Those of the moves that still begin where they were planned from.
    static AlterReassignments begin(MetadataImage image, List<Move> moves) {
        return new AlterReassignments(moves.stream()
                .filter(move -> isAsPlanned(image, move))
                .map(move -> new Reassignment(move.partition(), move.to()))
                .toList(), false);
    }

    private static boolean isAsPlanned(MetadataImage image, Move move) {
        PartitionImage partition = partition(image, move);
        return partition != null && !partition.isReassigning() && partition.replicas().equals(move.from());
    }

    /// Whether the partition is on its way, and not by somebody else's wish to another place.
    static boolean isUnderWay(MetadataImage image, Move move) {
        PartitionImage partition = partition(image, move);
        return partition != null && partition.isReassigning() && partition.targetReplicas().equals(move.to());
    }

    private static @Nullable PartitionImage partition(MetadataImage image, Move move) {
        TopicImage topic = image.topic(move.partition().topic());
        return topic == null || topic.partitions().size() <= move.partition().index()
                ? null
                : topic.partitions().get(move.partition().index());
    }

    /// Those of the moves that are under way.
    static AlterReassignments callOff(MetadataImage image, Collection<Move> moves) {
        return new AlterReassignments(moves.stream()
                .filter(move -> isUnderWay(image, move))
                .map(move -> new Reassignment(move.partition(), null))
                .toList(), true);
    }

    /// The partitions that are to be led by others.
    static List<PartitionName> changedLeaders(Collection<Move> moves) {
        return moves.stream().filter(Move::changesLeader).map(Move::partition).toList();
    }

    /// Slows the moves down, at brokers that have no rate already.
    static AlterConfigs throttle(MetadataImage image, List<Move> moves, long bytesPerSecond) {
        List<Alteration> alterations = new ArrayList<>();
        for (BrokerImage broker : image.brokers()) {
            ConfigTarget target = ConfigTarget.broker(broker.id());
            Map<String, String> own = image.config(target);
            if (!own.containsKey(LEADER_RATE) && !own.containsKey(FOLLOWER_RATE)) {
                String rate = Long.toString(bytesPerSecond);
                alterations.add(new Alteration(target, List.of(new Operation(Kind.SET, LEADER_RATE, rate),
                        new Operation(Kind.SET, FOLLOWER_RATE, rate))));
            }
        }
        ThrottledCopies.of(moves).forEach((topic, copies) -> alterations.add(ofTopic(topic, Kind.APPEND, copies)));
        return new AlterConfigs(alterations, false);
    }

    private static Alteration ofTopic(String topic, Kind kind, ThrottledCopies copies) {
        return new Alteration(ConfigTarget.topic(topic),
                List.of(new Operation(kind, LEADER_REPLICAS, String.join(",", copies.leaders())),
                        new Operation(kind, FOLLOWER_REPLICAS, String.join(",", copies.followers()))));
    }

    /// Takes away every rate that is this one, and what it was for. The controller that has set it may be another one,
    /// so it is known by nothing else.
    static AlterConfigs unthrottle(MetadataImage image, long bytesPerSecond) {
        String rate = Long.toString(bytesPerSecond);
        List<Alteration> alterations = new ArrayList<>();
        for (BrokerImage broker : image.brokers()) {
            ConfigTarget target = ConfigTarget.broker(broker.id());
            Map<String, String> own = image.config(target);
            if (rate.equals(own.get(LEADER_RATE)) && rate.equals(own.get(FOLLOWER_RATE))) {
                alterations.add(deletion(target, List.of(LEADER_RATE, FOLLOWER_RATE)));
            }
        }
        if (!alterations.isEmpty()) {
            for (TopicImage topic : image.topics()) {
                ConfigTarget target = ConfigTarget.topic(topic.name());
                List<String> lists = List.of(LEADER_REPLICAS, FOLLOWER_REPLICAS)
                        .stream()
                        .filter(image.config(target)::containsKey)
                        .toList();
                if (!lists.isEmpty()) {
                    alterations.add(deletion(target, lists));
                }
            }
        }
        return new AlterConfigs(alterations, false);
    }

    private static Alteration deletion(ConfigTarget target, List<String> names) {
        return new Alteration(target, names.stream().map(name -> new Operation(Kind.DELETE, name, null)).toList());
    }
}
