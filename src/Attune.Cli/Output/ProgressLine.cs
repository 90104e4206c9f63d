namespace Attune.Cli.Output;

/// <summary>
/// Progress on the error stream. When a person watches, one line is rewritten; otherwise a plain line appears at most every ten seconds, so that logs stay
/// readable. Safe to call from several threads.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider clock)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private long? last;
    private bool onLine;

    /// <summary>Tells how far things are. Most calls print nothing.</summary>
    public void Report(string text)
    {
        lock (gate)
        {
            TimeSpan interval = terminal.Interactive ? LiveInterval : PlainInterval;
            if (last is { } stamp && clock.GetElapsedTime(stamp) < interval)
            {
                return;
            }

            last = clock.GetTimestamp();
            Write(VisibleText.Of(text));
        }
    }

    /// <summary>Says something once, whatever was said when: the start of a phase, a warning.</summary>
    public void Announce(string text)
    {
        lock (gate)
        {
            Clear();
            terminal.Error.WriteLine(VisibleText.Of(PrintedCommand.Named(text)));
            terminal.Error.Flush();
        }
    }

    /// <summary>Removes the rewritten line before a report is printed.</summary>
    public void Finish()
    {
        lock (gate)
        {
            Clear();
        }
    }

    private void Write(string text)
    {
        if (terminal.Interactive)
        {
            int width = Math.Max(20, terminal.ErrorReport.Profile.Width - 1);
            string line = text.Length > width ? string.Concat(text.AsSpan(0, width - 1), "…") : text;
            terminal.Error.Write($"\r\u001b[K{line}");
            onLine = true;
        }
        else
        {
            terminal.Error.WriteLine(text);
        }

        terminal.Error.Flush();
    }

    private void Clear()
    {
        if (onLine)
        {
            terminal.Error.Write("\r\u001b[K");
            onLine = false;
        }
    }
}
