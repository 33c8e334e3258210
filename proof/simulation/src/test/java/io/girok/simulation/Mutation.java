package io.girok.simulation;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A mistake that is planted in a source file. Immutable.
///
/// @param file below the repository
/// @param before what stands there, once
/// @param after what is put in its place
record Mutation(String name, String file, String before, String after) {
    @Override
    public String toString() {
        return name;
    }

    /// Compiles the file with the mistake in it, and loads all that is ours anew, with it.
    ///
    /// @param classes an empty directory
    ClassLoader plant(Path repository, Path classes) throws IOException {
        Path source = repository.resolve(file);
        String text = Files.readString(source);
        if (text.split(Pattern.quote(before), -1).length != 2) {
            throw new IllegalStateException("'" + before + "' does not stand in " + file + " exactly once");
        }
        Path mutated = Files.createDirectories(classes.resolve("source")).resolve(source.getFileName());
        Files.writeString(mutated, text.replace(before, after));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean isCompiled = compiler.getTask(null, files, null,
                    List.of("-d", classes.toString(), "-cp", classPath(), "-proc:none", "-nowarn"), null,
                    files.getJavaFileObjects(mutated)).call();
            if (!isCompiled) {
                throw new IllegalStateException("mutation '" + name + "' does not compile");
            }
        }
        List<URL> urls = new ArrayList<>();
        urls.add(classes.toUri().toURL());
        for (String entry : classPath().split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), new Libraries());
    }

    /// What is not our own needs no loading, and no warming up, with each mistake.
    private static final class Libraries extends ClassLoader {
        Libraries() {
            super(Mutation.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.girok.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static final String REPLICATION = "logic/replication/src/main/java/io/girok/replication/";
    private static final String CONTROLLER = "logic/controller/src/main/java/io/girok/controller/";
    private static final String MEMBERSHIP = "logic/membership/src/main/java/io/girok/membership/";

    /// Mistakes as they are made in systems of this kind, each seen within a few seeds.
    static Stream<Mutation> all() {
        return Stream.of(
                new Mutation("records are acknowledged before the in-sync replicas have them",
                        REPLICATION + "PartitionLeader.java", "if (endOffset <= visibility.highWatermark()) {",
                        "if (endOffset <= store.endOffset()) {"),
                new Mutation("a new follower truncates to its high watermark (KIP-101)",
                        REPLICATION + "PartitionFollower.java", "store.truncateTo(store.endOffset());",
                        "store.truncateTo(Math.min(store.endOffset(), local.highWatermark()));"),
                new Mutation("a leader ignores the epoch of a follower's last record",
                        REPLICATION + "PartitionLeader.java", "if (position.lastFetchedEpoch() == NO_EPOCH) {",
                        "if (position.lastFetchedEpoch() < Integer.MAX_VALUE) {"),
                new Mutation("a dead broker is not fenced", MEMBERSHIP + "BrokerSessions.java",
                        "if (!isLeading || broker == null ||", "if (isLeading || broker == null ||"),
                new Mutation("the journal is not synced",
                        "logic/journal/src/main/java/io/girok/journal/JournalFile.java",
                        "open.sync();", ""),
                new Mutation("a replica that lacks records is elected", CONTROLLER + "Election.java",
                        "if (leader == PartitionImage.NO_LEADER && isUncleanAllowed) {",
                        "if (leader == PartitionImage.NO_LEADER) {"),
                new Mutation("a follower asks for more before it has synced what it has",
                        REPLICATION + "ReplicaFetcher.java", "|| !unflushed.isEmpty() ||", "||"),
                new Mutation("records are committed with fewer replicas than min.insync.replicas (KIP-966)",
                        REPLICATION + "ReplicaProgress.java",
                        "return Math.min(minInSyncReplicas, leadership.replicas().size()) <= inSyncCount();",
                        "return true;"),
                new Mutation("a batch may overtake one that was refused",
                        "logic/broker/src/main/java/io/girok/broker/data/ProduceItem.java",
                        "if (sequence.isTooEarly(", "if (0 < acks && sequence.isTooEarly("),
                new Mutation("a coordinator answers before its record is committed",
                        "logic/broker/src/main/java/io/girok/broker/group/LeaderPartitionLog.java",
                        "leader.awaitCommitted(",
                        "future.complete(new AppendOutcome.Committed(endOffset));\n        leader.awaitCommitted("),
                new Mutation("a broker that may lack records keeps its place (KIP-966)",
                        CONTROLLER + "Membership.java", "present == null || !command.areLogsWhole()",
                        "present == null"),
                new Mutation("a leader that the controller does not hear any more goes on",
                        "logic/broker/src/main/java/io/girok/broker/LedPartition.java",
                        "return host != null && host.isCutOff() ?", "return host == null ?"),
                new Mutation("a follower serves what is not known to be committed (KIP-392)",
                        REPLICATION + "PartitionFollower.java", "local.reader().read(position, isolation, atLeastOne);",
                        "local.reader().read(position, Isolation.LOG_END, atLeastOne);"),
                new Mutation("sequence numbers are not checked",
                        "logic/log/src/main/java/io/girok/log/PartitionStore.java", "if (refusal != null) {",
                        "if (refusal instanceof AppendResult.Rejected rejected && rejected.records() == null) {"),
                new Mutation("a log is not synced before it takes its place in another directory (KIP-113)",
                        "logic/broker/src/main/java/io/girok/broker/ReplicaMove.java", "out.sync();", ""));
    }

    /// Mistakes that need several misfortunes at the same moment.
    static Stream<Mutation> rare() {
        return Stream.of(
                new Mutation("the high watermark passes a replica that is about to be in sync (KIP-497)",
                        REPLICATION + "ReplicaProgress.java", "if (proposal != null) {\n            for",
                        "if (false) {\n            for"),
                new Mutation("a leader trusts what followers had under the last leader",
                        REPLICATION + "ReplicaProgress.java", "        followers.clear();\n", ""));
    }
}
