using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Bench.Searchers;

/// <summary>
/// Measures every configuration of a task once and gives the same answer to whoever asks for it again, so that luck with noise favours no searcher. Answers are kept in
/// a journal: an interrupted comparison goes on where it stopped. One caller at a time.
/// </summary>
internal sealed class MeasurementMemo
{
    private readonly Journal journal;
    private readonly string device;
    private readonly int threads;
    private readonly TimeProvider clock;
    private readonly string session = Guid.NewGuid().ToString("N");
    private readonly Dictionary<(string Task, long Index), MeasureResult> known = [];

    /// <summary>Takes over what the journal knows of this device and number of threads.</summary>
    /// <param name="journal">Where measurements are kept; stays the caller's.</param>
    /// <param name="device">Fingerprint id of this device.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="clock">Clock of the records.</param>
    public MeasurementMemo(Journal journal, string device, int threads, TimeProvider clock)
    {
        this.journal = journal;
        this.device = device;
        this.threads = threads;
        this.clock = clock;
        foreach (TuningRecord record in journal.Contents.Records.Where(record => record.Device == device && record.Threads == threads))
        {
            known.TryAdd((record.Task, record.Index), new MeasureResult(
                record.Outcome,
                record.TimesMs,
                record.MedianMs ?? double.PositiveInfinity,
                record.CompileMs,
                record.CalibrationMs,
                record.Message));
        }
    }

    /// <summary>Candidates measured by this process.</summary>
    public int Measured { get; private set; }

    /// <summary>Questions that were answered without measuring.</summary>
    public int Reused { get; private set; }

    /// <summary>Time of one configuration.</summary>
    /// <param name="task">The task.</param>
    /// <param name="index">Index of the configuration.</param>
    /// <param name="limitMs">A candidate clearly slower than this is cut short; the same for every caller of a task, so that an answer depends on the configuration alone.</param>
    /// <param name="measurer">Measures what is not known.</param>
    /// <param name="asker">Name of the searcher that asks.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<MeasureResult> MeasureAsync(TuningTask task, long index, double? limitMs, IMeasurer measurer, string asker, int seed, CancellationToken cancellation)
    {
        if (known.TryGetValue((task.Key, index), out MeasureResult? earlier))
        {
            Reused++;
            return earlier;
        }

        var request = new MeasureRequest(task.Key, index, task.Space[index].ToLabels(), threads, limitMs);
        MeasureResult result = await measurer.MeasureAsync(request, cancellation);
        known[(task.Key, index)] = result;
        journal.Append(new TuningRecord
        {
            Task = task.Key,
            Knobs = request.Knobs,
            Index = index,
            Outcome = result.Outcome,
            TimesMs = result.TimesMs,
            MedianMs = double.IsFinite(result.MedianMs) ? result.MedianMs : null,
            Message = result.Message,
            CompileMs = result.CompileMs,
            CalibrationMs = result.CalibrationMs,
            Threads = threads,
            Device = device,
            Tuner = asker,
            Seed = seed,
            Session = session,
            Sequence = Measured,
            Time = clock.GetUtcNow(),
        });
        Measured++;
        return result;
    }
}
