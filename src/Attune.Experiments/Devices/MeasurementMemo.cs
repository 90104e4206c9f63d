using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Tuning.Run;

namespace Attune.Experiments.Devices;

/// <summary>
/// Measures every configuration of a task once and gives the same answer to whoever asks for it again, so that luck with noise favours no searcher. Answers are
/// kept in a journal: an interrupted comparison goes on where it stopped. One caller at a time.
/// </summary>
public sealed class MeasurementMemo
{
    private readonly Journal journal;
    private readonly string device;
    private readonly int threads;
    private readonly TimeProvider clock;
    private readonly TargetKind kind;
    private readonly string session = Guid.NewGuid().ToString("N");
    private readonly Dictionary<(string Task, long Index), (MeasureResult Result, double ElapsedMs)> known = [];
    private readonly Dictionary<(string Task, string Knobs), (MeasureResult Result, double ElapsedMs)> journalled = [];

    /// <summary>Takes over what the journal knows of this device, number of threads and version of the templates.</summary>
    /// <param name="journal">Where measurements are kept; stays the caller's.</param>
    /// <param name="device">Fingerprint id of this device.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="clock">Clock of the records.</param>
    /// <param name="kind">Kind of this device.</param>
    public MeasurementMemo(Journal journal, string device, int threads, TimeProvider clock, TargetKind kind = TargetKind.Cpu)
    {
        this.kind = kind;
        this.journal = journal;
        this.device = device;
        this.threads = threads;
        this.clock = clock;
        var wrong = WrongConfigurations.Of(journal.Contents.Records);
        foreach (TuningRecord record in journal.Contents.Records)
        {
            if (record.Device == device && record.Threads == threads && KernelTemplates.IsCurrent(record.Template))
            {
                // One wrong result outweighs every time.
                Outcome outcome = wrong.Contains(record) ? Outcome.WrongResult : record.Outcome;
                var result = new MeasureResult(
                    outcome, record.TimesMs, record.MedianMs ?? double.PositiveInfinity, record.CompileMs, record.CalibrationMs, record.Message);
                journalled.TryAdd((record.Task, TextOf(record.Knobs)), (result, record.ElapsedMs));
            }
        }
    }

    /// <summary>Candidates measured by this process.</summary>
    public int Measured { get; private set; }

    /// <summary>Questions that were answered without measuring.</summary>
    public int Reused { get; private set; }

    /// <summary>Wall-clock time that measuring a configuration took, milliseconds; 0 when it was not measured or the time was not kept.</summary>
    public double ElapsedMs(string taskKey, long index) =>
        known.TryGetValue((taskKey, index), out (MeasureResult Result, double ElapsedMs) earlier) ? earlier.ElapsedMs : 0;

    /// <summary>Time of one configuration.</summary>
    /// <param name="task">The task.</param>
    /// <param name="index">Index of the configuration.</param>
    /// <param name="limitMs">
    /// A candidate clearly slower than this is cut short; the same for every caller of a task, so that an answer depends on the configuration alone.
    /// </param>
    /// <param name="measurer">Measures what is not known.</param>
    /// <param name="asker">Name of the searcher that asks.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<MeasureResult> MeasureAsync(
        TuningTask task, long index, double? limitMs, IMeasurer measurer, string asker, int seed, CancellationToken cancellation)
    {
        if (known.TryGetValue((task.Key, index), out (MeasureResult Result, double ElapsedMs) earlier)
            || journalled.TryGetValue((task.Key, TextOf(task.Space[index].ToLabels())), out earlier))
        {
            known[(task.Key, index)] = earlier;
            Reused++;
            return earlier.Result;
        }

        var request = new MeasureRequest(task.Key, index, task.Space[index].ToLabels(), threads, limitMs);
        long start = clock.GetTimestamp();
        MeasureResult result = await measurer.MeasureAsync(request, cancellation);
        double elapsed = clock.GetElapsedTime(start).TotalMilliseconds;
        known[(task.Key, index)] = (result, elapsed);
        journal.Append(new TuningRecord
        {
            Task = task.Key,
            Knobs = request.Knobs,
            Index = index,
            Template = KernelTemplates.VersionOf(task.Key, request.Knobs),
            Outcome = result.Outcome,
            TimesMs = result.TimesMs,
            MedianMs = double.IsFinite(result.MedianMs) ? result.MedianMs : null,
            Message = result.Message,
            CompileMs = result.CompileMs,
            CalibrationMs = result.CalibrationMs,
            ElapsedMs = elapsed,
            Threads = threads,
            Device = device,
            DeviceKind = DeviceName.NameOf(kind),
            Tuner = asker,
            Seed = seed,
            Session = session,
            Sequence = Measured,
            Time = clock.GetUtcNow(),
        });
        Measured++;
        return result;
    }

    // Indices change with the space; what knobs say does not.
    private static string TextOf(IReadOnlyDictionary<string, string> knobs) =>
        string.Join('\n', knobs.OrderBy(knob => knob.Key, StringComparer.Ordinal).Select(knob => $"{knob.Key}={knob.Value}"));
}
