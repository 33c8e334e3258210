package io.girok.balance;

import io.girok.balance.BalancePlan.BrokerLoad;
import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A layout that can be changed, and what has been changed in it. Owned by the one plan.
///
/// Brokers, partitions, topics and racks are numbers from 0 here, in the order of their ids and names, so that a plan
/// does not depend on the order that they are given in.
final class Board {
    private final List<Layout.Broker> brokers;
    private final List<Layout.Partition> partitions;
    private final int[] rackOf;
    private final int[] topicOf;
    private final int[][] replicas;
    private final BitSet[] held;
    private final BitSet[] led;
    private final int[] replicaCounts;
    private final int[] leaderCounts;
    private final long[] bytes;
    private final long[] room;
    private final int[][] topicReplicas;
    private final int[][] topicLeaders;
    /// By partition, in the order of the first change of each.
    private final Map<Integer, List<Reason>> reasons = new LinkedHashMap<>();
    private long looks;

    Board(Layout layout) {
        this.brokers = everyBroker(layout);
        this.partitions = layout.partitions()
                .stream()
                .sorted(
                        Comparator.comparing((Layout.Partition partition) -> partition.name().topic())
                                .thenComparingInt(partition -> partition.name().index()))
                .toList();
        this.rackOf = numbered(brokers.stream().map(Board::rackName).toList());
        this.topicOf = numbered(partitions.stream().map(partition -> partition.name().topic()).toList());
        this.held = IntStream.range(0, brokers.size()).mapToObj(_ -> new BitSet()).toArray(BitSet[]::new);
        this.led = IntStream.range(0, brokers.size()).mapToObj(_ -> new BitSet()).toArray(BitSet[]::new);
        this.replicaCounts = new int[brokers.size()];
        this.leaderCounts = new int[brokers.size()];
        this.bytes = new long[brokers.size()];
        this.room = brokers.stream().mapToLong(Layout.Broker::usableBytes).toArray();
        int topicCount = Arrays.stream(topicOf).max().orElse(-1) + 1;
        this.topicReplicas = new int[topicCount][brokers.size()];
        this.topicLeaders = new int[topicCount][brokers.size()];
        Map<Integer, Integer> numbers = new HashMap<>();
        IntStream.range(0, brokers.size()).forEach(broker -> numbers.put(brokers.get(broker).id(), broker));
        this.replicas = partitions.stream()
                .map(partition -> partition.replicas().stream().mapToInt(numbers::get).toArray())
                .toArray(int[][]::new);
        for (int partition = 0; partition < replicas.length; partition++) {
            for (int broker : replicas[partition]) {
                place(partition, broker);
            }
            lead(partition, true);
        }
    }

    /// Those that the layout lists, and those that it only names as replicas.
    private static List<Layout.Broker> everyBroker(Layout layout) {
        Map<Integer, Layout.Broker> byId = new TreeMap<>();
        layout.partitions()
                .stream()
                .flatMap(partition -> partition.replicas().stream())
                .forEach(id -> byId.putIfAbsent(id, new Layout.Broker(id, null, Layout.Role.EMPTIES, 0)));
        layout.brokers().forEach(broker -> byId.put(broker.id(), broker));
        return List.copyOf(byId.values());
    }

    /// A broker without a rack is a rack of its own, as where new topics are placed.
    private static String rackName(Layout.Broker broker) {
        return broker.rack() == null ? "\0" + broker.id() : broker.rack();
    }

    private static int[] numbered(List<String> names) {
        Map<String, Integer> numbers = new HashMap<>();
        return names.stream()
                .mapToInt(name -> numbers.computeIfAbsent(name, _ -> numbers.size()))
                .toArray();
    }

    private void place(int partition, int broker) {
        held[broker].set(partition);
        replicaCounts[broker]++;
        bytes[broker] += bytesOf(partition);
        topicReplicas[topicOf[partition]][broker]++;
    }

    private void displace(int partition, int broker) {
        held[broker].clear(partition);
        replicaCounts[broker]--;
        bytes[broker] -= bytesOf(partition);
        topicReplicas[topicOf[partition]][broker]--;
    }

    /// Notes that the first of the replicas is the preferred leader, or that it no longer is.
    private void lead(int partition, boolean isLeading) {
        int leader = replicas[partition][0];
        int change = isLeading ? 1 : -1;
        led[leader].set(partition, isLeading);
        leaderCounts[leader] += change;
        topicLeaders[topicOf[partition]][leader] += change;
    }

    int brokerCount() {
        return brokers.size();
    }

    int partitionCount() {
        return partitions.size();
    }

    boolean takes(int broker) {
        return brokers.get(broker).role() == Layout.Role.TAKES;
    }

    boolean mustEmpty(int broker) {
        return brokers.get(broker).role() == Layout.Role.EMPTIES;
    }

    int replicas(int broker) {
        return replicaCounts[broker];
    }

    int leaders(int broker) {
        return leaderCounts[broker];
    }

    long bytes(int broker) {
        return bytes[broker];
    }

    BitSet held(int broker) {
        return held[broker];
    }

    BitSet led(int broker) {
        return led[broker];
    }

    boolean isMoving(int partition) {
        return partitions.get(partition).isMoving();
    }

    PartitionName nameOf(int partition) {
        return partitions.get(partition).name();
    }

    long bytesOf(int partition) {
        return partitions.get(partition).bytes();
    }

    int[] replicasOf(int partition) {
        return replicas[partition];
    }

    int replicaCountOf(int partition) {
        return replicas[partition].length;
    }

    int replicasOfTopic(int partition, int broker) {
        return topicReplicas[topicOf[partition]][broker];
    }

    int leadersOfTopic(int partition, int broker) {
        return topicLeaders[topicOf[partition]][broker];
    }

    /// Racks that have a copy.
    int racks(int partition) {
        return (int) IntStream.of(replicas[partition]).map(broker -> rackOf[broker]).distinct().count();
    }

    int racksAfter(int partition, int from, int to) {
        return (int) IntStream.of(replicas[partition])
                .map(broker -> rackOf[broker == from ? to : broker])
                .distinct()
                .count();
    }

    /// Whether a copy could be on `to` instead of on `from`, the racks apart.
    boolean isRoomFor(int partition, int from, int to) {
        Layout.Partition layout = partitions.get(partition);
        return takes(to) && hasRoom(to) && !held[to].get(partition) && !layout.isMoving()
                && layout.bytes() <= room[to] && brokers.get(from).role() != Layout.Role.KEEPS;
    }

    /// Whether its disks are not full: clients write to leaders only as long as these have room.
    private boolean hasRoom(int broker) {
        return 0 < brokers.get(broker).usableBytes();
    }

    /// Whether a copy may move and the partition does not lose a rack by it.
    boolean canMove(int partition, int from, int to) {
        return isRoomFor(partition, from, to)
                && (rackOf[from] == rackOf[to] || isOnRack(partition, rackOf[from], from)
                        || !isOnRack(partition, rackOf[to], from));
    }

    /// Whether a copy other than the one on `but` is on the rack.
    private boolean isOnRack(int partition, int rack, int but) {
        for (int broker : replicas[partition]) {
            if (broker != but && rackOf[broker] == rack) {
                return true;
            }
        }
        return false;
    }

    boolean canLead(int partition, int broker) {
        return held[broker].get(partition) && takes(broker) && hasRoom(broker) && !partitions.get(partition).isMoving();
    }

    /// Puts a replica on `to`, which takes the place of `from` in the order.
    void moveReplica(int partition, int from, int to, Goal goal) {
        Reason.Loads before = loads(goal, from, to);
        lead(partition, false);
        displace(partition, from);
        replace(partition, from, to);
        place(partition, to);
        lead(partition, true);
        room[to] -= bytesOf(partition);
        note(partition, goal, new int[]{from, to}, before);
    }

    /// Puts `to`, a replica, in the first place; who was there takes its place.
    void moveLeader(int partition, int to) {
        int from = replicas[partition][0];
        Reason.Loads before = loads(Goal.EVEN_LEADERS, from, to);
        lead(partition, false);
        replace(partition, to, from);
        replicas[partition][0] = to;
        lead(partition, true);
        note(partition, Goal.EVEN_LEADERS, new int[]{from, to}, before);
    }

    private void replace(int partition, int broker, int by) {
        int[] order = replicas[partition];
        for (int i = order.length - 1; 0 <= i; i--) {
            if (order[i] == broker) {
                order[i] = by;
                return;
            }
        }
    }

    private Reason.Loads loads(Goal goal, int from, int to) {
        return switch (goal) {
            case EVEN_BYTES -> new Reason.Loads(bytes(from), bytes(to));
            case EVEN_LEADERS -> new Reason.Loads(leaders(from), leaders(to));
            case EMPTY_BROKERS, SPREAD_RACKS, EVEN_REPLICAS -> new Reason.Loads(replicas(from), replicas(to));
        };
    }

    private void note(int partition, Goal goal, int[] ends, Reason.Loads before) {
        reasons.computeIfAbsent(partition, _ -> new ArrayList<>())
                .add(
                        new Reason(goal, brokers.get(ends[0]).id(), brokers.get(ends[1]).id(), before,
                                loads(goal, ends[0], ends[1])));
    }

    void look() {
        looks++;
    }

    long looks() {
        return looks;
    }

    List<BrokerLoad> loads() {
        return IntStream.range(0, brokers.size())
                .mapToObj(b -> new BrokerLoad(brokers.get(b).id(), replicas(b), leaders(b), bytes(b)))
                .toList();
    }

    /// What is different by now; a partition that is back where it was is not in it.
    List<Move> moves() {
        return reasons.entrySet()
                .stream()
                .map(entry -> move(entry.getKey(), entry.getValue()))
                .filter(move -> !move.from().equals(move.to()))
                .toList();
    }

    private Move move(int partition, List<Reason> why) {
        Layout.Partition before = partitions.get(partition);
        List<Integer> after = IntStream.of(replicas[partition]).mapToObj(broker -> brokers.get(broker).id()).toList();
        long added = after.stream().filter(broker -> !before.replicas().contains(broker)).count();
        return new Move(before.name(), before.replicas(), after, added * before.bytes(), why);
    }
}
