namespace Attune.Bench.Searchers;

/// <summary>
/// Tells how far the comparison is and how long it will take, on a stream of its own: one rewritten line for a person, a plain line every ten seconds for a
/// file.
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="interactive">True when a person watches.</param>
/// <param name="clock">Time.</param>
/// <param name="trials">Trials of all runs together.</param>
internal sealed class RaceProgress(TextWriter output, bool interactive, TimeProvider clock, int trials)
{
    private readonly TimeSpan interval = TimeSpan.FromSeconds(interactive ? 0.2 : 10);
    private long? last;
    private long? firstMeasured;
    private int done;
    private int doneBefore;

    /// <summary>A trial has ended.</summary>
    public void Trial(BenchTask task, string searcher, int seed, int trial, double bestMs, bool measured)
    {
        done++;
        if (firstMeasured is null && measured)
        {
            // What the memo answers takes no time: the rate counts from the first real measurement.
            firstMeasured = clock.GetTimestamp();
            doneBefore = done;
        }

        Say($"searchers  {done} of {trials} trials | {task.Task.Name}, {searcher}, seed {seed}: trial {trial}, best {bestMs:0.0000} ms{Left()}");
    }

    /// <summary>A run has ended; this many trials will not be needed.</summary>
    public void RunEnded(int unused) => done += unused;

    /// <summary>The bests of a task are being measured again.</summary>
    public void Confirming(BenchTask task, int round, int rounds) =>
        Say($"searchers  measuring the bests of {task.Task.Name} again, round {round} of {rounds}{Left()}");

    /// <summary>Ends the rewritten line.</summary>
    public void Finish()
    {
        if (interactive && last is not null)
        {
            output.Write("\r\u001b[K");
            output.Flush();
        }
    }

    private string Left()
    {
        if (firstMeasured is not { } start || done <= doneBefore)
        {
            return string.Empty;
        }

        TimeSpan left = clock.GetElapsedTime(start) / (done - doneBefore) * (trials - done);
        return $" | about {(int)left.TotalMinutes} min {left.Seconds:00} s left";
    }

    private void Say(string text)
    {
        if (last is { } stamp && clock.GetElapsedTime(stamp) < interval)
        {
            return;
        }

        last = clock.GetTimestamp();
        output.Write(interactive ? $"\r\u001b[K{text}" : text + output.NewLine);
        output.Flush();
    }
}
