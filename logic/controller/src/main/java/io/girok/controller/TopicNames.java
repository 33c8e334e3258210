package io.girok.controller;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.TopicImage;
import java.util.Optional;

/// Which names topics may have: those of Kafka. Stateless.
public final class TopicNames {
    public static final int MAX_LENGTH = 249;

    private TopicNames() {}

    /// What is wrong with `name`, for the client to read.
    public static Optional<String> problem(String name) {
        if (name.isEmpty()) {
            return Optional.of("a topic's name must not be empty");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("a topic must not be named '.' or '..'");
        }
        if (MAX_LENGTH < name.length()) {
            return Optional.of(
                    "the topic's name has " + name.length() + " characters, at most " + MAX_LENGTH + " are allowed");
        }
        if (!name.chars().allMatch(TopicNames::isAllowed)) {
            return Optional.of(
                    "the topic name '" + name + "' has a character that is not allowed; allowed are ASCII letters, "
                            + "digits, '.', '_' and '-'");
        }
        return Optional.empty();
    }

    private static boolean isAllowed(int c) {
        return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '.' || c == '_'
                || c == '-';
    }

    /// The topic that `name` collides with: names of metrics do not tell '.' and '_' apart.
    static Optional<String> collision(MetadataImage image, String name) {
        if (!hasAmbiguous(name)) {
            return Optional.empty();
        }
        String unified = unify(name);
        for (TopicImage topic : image.topics()) {
            if (hasAmbiguous(topic.name()) && unify(topic.name()).equals(unified)) {
                return Optional.of(topic.name());
            }
        }
        return Optional.empty();
    }

    private static boolean hasAmbiguous(String name) {
        return 0 <= name.indexOf('.') || 0 <= name.indexOf('_');
    }

    private static String unify(String name) {
        return name.replace('.', '_');
    }
}
