namespace Attune.Records.Journals;

/// <summary>
/// A few fields of a record, found without reading the rest of its line: most readers of a long journal want some records of it, or only numbers. Understands
/// lines as <see cref="JournalLine"/> writes them, whose checksum must have been compared; any other order of properties is left to the JSON reader. A
/// property's name between quotes cannot occur inside a string, where quotes are escaped, so that a search for it finds the property.
/// </summary>
internal readonly ref struct JournalFields
{
    private static ReadOnlySpan<byte> FirstStart => "{\"v\":1,\"task\":\""u8;

    private static ReadOnlySpan<byte> Start => "{\"v\":2,\"task\":\""u8;

    /// <summary>Content of the task's string, as JSON has it.</summary>
    public ReadOnlySpan<byte> Task { get; private init; }

    /// <summary>Content of the outcome's string.</summary>
    public ReadOnlySpan<byte> Outcome { get; private init; }

    /// <summary>Content of the device's string.</summary>
    public ReadOnlySpan<byte> Device { get; private init; }

    /// <summary>Content of the time's string.</summary>
    public ReadOnlySpan<byte> Time { get; private init; }

    /// <summary>True when an outcome is one of those that records have.</summary>
    public bool HasKnownOutcome =>
        Outcome.SequenceEqual("ok"u8) || Outcome.SequenceEqual("invalid"u8) || Outcome.SequenceEqual("compile_error"u8)
            || Outcome.SequenceEqual("wrong_result"u8)
        || Outcome.SequenceEqual("crash"u8) || Outcome.SequenceEqual("time_out"u8) || Outcome.SequenceEqual("cut_short"u8);

    /// <summary>Finds the fields of a line given without its end.</summary>
    /// <returns>False when the line has another form; it may be a record all the same.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out JournalFields fields)
    {
        fields = default;
        if (!line.StartsWith(Start) && !line.StartsWith(FirstStart))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(Start.Length - 1)..];
        bool found = TryText(ref rest, "\""u8, out ReadOnlySpan<byte> task);
        found &= TrySkip(ref rest, "},\"index\":"u8);
        found &= TryText(ref rest, ",\"outcome\":\""u8, out ReadOnlySpan<byte> outcome);
        found &= TrySkip(ref rest, ",\"times_ms\":["u8);
        found &= TryText(ref rest, ",\"device\":\""u8, out ReadOnlySpan<byte> device);
        found &= TryText(ref rest, ",\"time\":\""u8, out ReadOnlySpan<byte> time);
        fields = new JournalFields { Task = task, Outcome = outcome, Device = device, Time = time };
        return found && fields.HasKnownOutcome;
    }

    private static bool TrySkip(scoped ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> pattern)
    {
        int at = rest.IndexOf(pattern);
        rest = at < 0 ? [] : rest[(at + pattern.Length)..];
        return at >= 0;
    }

    private static bool TryText(scoped ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> pattern, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TrySkip(ref rest, pattern))
        {
            return false;
        }

        int length = 0;
        while (length < rest.Length)
        {
            int next = rest[length..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return false;
            }

            length += next;
            if (rest[length] == (byte)'"')
            {
                text = rest[..length];
                rest = rest[(length + 1)..];
                return true;
            }

            length += 2;
        }

        return false;
    }
}
