package io.girok.security;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a `sasl.jaas.config` says: `MODULE FLAG NAME=VALUE ... ;`. Immutable.
///
/// @param module the login module's class, which says the mechanism here
/// @param options secret, all of them
public record JaasEntry(String module, Map<String, Secret> options) {
    private static final String USER_PREFIX = "user_";

    public JaasEntry {
        options = Map.copyOf(options);
    }

    /// @param setting for messages, which say nothing of the text
    /// @throws InvalidSetting when the text is not one entry
    public static JaasEntry parse(String setting, Secret text) {
        return new Cursor(setting, text.reveal()).entry();
    }

    public Optional<Secret> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /// Passwords by user, from the options `user_NAME`.
    public Map<String, Secret> users() {
        Map<String, Secret> users = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            if (name.startsWith(USER_PREFIX) && USER_PREFIX.length() < name.length()) {
                users.put(name.substring(USER_PREFIX.length()), value);
            }
        });
        return users;
    }

    /// Names only.
    @Override
    public String toString() {
        return module + " " + options.keySet();
    }

    private static final class Cursor {
        private static final String NOT_IN_A_WORD = "=;\"'";

        private final String setting;
        private final String text;
        private int position;

        Cursor(String setting, String text) {
            this.setting = setting;
            this.text = text;
        }

        JaasEntry entry() {
            String module = word("the login module's name");
            String flag = word("'required'");
            if (!flag.matches("(?i)required|requisite|sufficient|optional")) {
                throw malformed("'required' is missing after the login module");
            }
            Map<String, Secret> options = new LinkedHashMap<>();
            while (!isAt(';')) {
                String name = isAt('"') ? quoted() : word("an option's name, or ';' at the end");
                if (!isAt('=')) {
                    throw malformed("a '=' is missing at position " + position);
                }
                position++;
                skipBlanks();
                String value = isAt('"') ? quoted() : word("an option's value");
                if (options.put(name, new Secret(value)) != null) {
                    throw malformed("an option is there twice, the second one before position " + position);
                }
            }
            position++;
            skipBlanks();
            if (position < text.length()) {
                throw malformed("something follows the ';' (one login module is allowed)");
            }
            return new JaasEntry(module, options);
        }

        private boolean isAt(char wanted) {
            skipBlanks();
            return position < text.length() && text.charAt(position) == wanted;
        }

        private void skipBlanks() {
            while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
                position++;
            }
        }

        private String word(String what) {
            skipBlanks();
            int from = position;
            while (position < text.length() && !Character.isWhitespace(text.charAt(position))
                    && NOT_IN_A_WORD.indexOf(text.charAt(position)) < 0) {
                position++;
            }
            if (from == position) {
                throw malformed(what + " is missing at position " + position);
            }
            return text.substring(from, position);
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            int from = position;
            position++;
            while (position < text.length() && text.charAt(position) != '"') {
                if (text.charAt(position) == '\\' && position + 1 < text.length()) {
                    position++;
                }
                value.append(text.charAt(position));
                position++;
            }
            if (position == text.length()) {
                throw malformed("the '\"' at position " + from + " has no other one");
            }
            position++;
            return value.toString();
        }

        private InvalidSetting malformed(String why) {
            return new InvalidSetting("setting '" + setting + "' is malformed: " + why
                    + "; allowed: MODULE required NAME=\"VALUE\" ... ;");
        }
    }
}
