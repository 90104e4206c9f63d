using System.Text;
using Attune.Cohort.Decision;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Cohort.Live;

/// <summary>
/// Writes the decisions of a running cohort to a file while it runs. A thread of its own fetches them ten times a second from the cohort's log, so neither
/// decisions nor releases wait for the disk. A disk that is full ends the journal, not the run. Dispose writes what is left.
/// </summary>
public sealed class DecisionJournal : IDisposable
{
    /// <summary>Decisions that the cohort's log should keep: more than it can make between two looks.</summary>
    public const int Room = 1 << 14;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly RunningCohort cohort;
    private readonly Action<string> notify;
    private readonly LineLog log;
    private readonly ManualResetEventSlim ending = new();
    private readonly Thread thread;
    private long next;
    private bool broken;

    /// <summary>Begins a journal.</summary>
    /// <param name="path">The file; decisions that it held are replaced.</param>
    /// <param name="cohort">The cohort; its options hold a log with room for <see cref="Room"/> decisions.</param>
    /// <param name="policy">Who decides.</param>
    /// <param name="notify">Told when the file cannot be written further.</param>
    /// <exception cref="JournalException">The file cannot be made, is in use, or holds something else.</exception>
    public DecisionJournal(string path, RunningCohort cohort, string policy, Action<string> notify)
    {
        this.cohort = cohort;
        this.notify = notify;
        // A look's decisions are one flush: what a power cut can cost is a second of them.
        log = LineLog.Begin(path, DecisionFile.Kind, new JournalOptions { SyncEveryRecords = int.MaxValue, SyncEvery = TimeSpan.FromSeconds(1) });
        log.Append(Encoding.UTF8.GetBytes(DecisionFile.Header(cohort.Setup, policy)));
        thread = new Thread(Serve) { IsBackground = true, Name = "attune-journal", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>Decisions that were made faster than they were fetched, and so are not in the file.</summary>
    public long Lost { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ending.IsSet)
        {
            return;
        }

        ending.Set();
        thread.Join();
        Guarded(() =>
        {
            Fetch();
            log.Dispose();
        });
        ending.Dispose();
    }

    private void Serve()
    {
        while (!ending.Wait(Interval))
        {
            Guarded(Fetch);
        }
    }

    private void Fetch()
    {
        (IReadOnlyList<DecisionEntry> entries, long first) = cohort.Decisions(next);
        Lost += first - next;
        next = first + entries.Count;
        foreach (DecisionEntry entry in entries)
        {
            log.Append(Encoding.UTF8.GetBytes(DecisionFile.Line(entry)));
        }
    }

    private void Guarded(Action act)
    {
        if (broken)
        {
            return;
        }

        try
        {
            act();
        }
        catch (IOException refused)
        {
            broken = true;
            notify($"the decision log ends here: {refused.Message}");
        }
    }
}
