package io.girok.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The copies of one topic that moves read from and make, as `PARTITION:BROKER`: so the settings
/// `leader.replication.throttled.replicas` and `follower.replication.throttled.replicas` name them. Immutable.
///
/// @param leaders any of the present copies may be the one that is read
public record ThrottledCopies(List<String> leaders, List<String> followers) {
    public ThrottledCopies {
        leaders = List.copyOf(leaders);
        followers = List.copyOf(followers);
    }

    /// By topic; moves that copy nothing are not in it.
    public static Map<String, ThrottledCopies> of(List<Move> moves) {
        Map<String, List<Move>> byTopic = new TreeMap<>();
        moves.stream()
                .filter(Move::copies)
                .forEach(move -> byTopic.computeIfAbsent(move.partition().topic(), _ -> new ArrayList<>())
                        .add(move));
        Map<String, ThrottledCopies> copies = new TreeMap<>();
        byTopic.forEach((topic, ofTopic) -> copies.put(topic,
                new ThrottledCopies(
                        ofTopic.stream().flatMap(move -> move.from().stream().map(id -> name(move, id))).toList(),
                        ofTopic.stream().flatMap(move -> move.added().stream().map(id -> name(move, id))).toList())));
        return copies;
    }

    private static String name(Move move, int brokerId) {
        return move.partition().index() + ":" + brokerId;
    }
}
