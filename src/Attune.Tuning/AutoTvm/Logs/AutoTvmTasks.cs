using Attune.Devices;
using Attune.Kernels.Templates;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>Tasks that lines and records belong to; a log of thousands of lines of one layer makes its space once. One thread at a time.</summary>
public sealed class AutoTvmTasks
{
    // A space may take megabytes, and a hostile log has another task on every line.
    private const int MaxKept = 32;

    private readonly Dictionary<(string Name, string Arguments), Result<AutoTvmTask, string>> ofLines = [];
    private readonly Dictionary<(string Name, string Key), AutoTvmTask?> ofWorkloads = [];

    /// <summary>As <see cref="AutoTvmTask.Of(AutoTvmRecord)"/>.</summary>
    /// <param name="line">The line.</param>
    public Result<AutoTvmTask, string> Of(AutoTvmRecord line) => Kept(ofLines, (AutoTvmTask.NameOf(line), line.Arguments), () => AutoTvmTask.Of(line));

    /// <summary>As <see cref="AutoTvmTask.Of(string, ConvolutionWorkload)"/>.</summary>
    /// <param name="name">One of <see cref="AutoTvmTask.Names"/>.</param>
    /// <param name="workload">What is computed, one lane per vector.</param>
    internal AutoTvmTask? Of(string name, ConvolutionWorkload workload) => Kept(ofWorkloads, (name, workload.Key), () => AutoTvmTask.Of(name, workload));

    private static T Kept<T>(Dictionary<(string, string), T> kept, (string, string) key, Func<T> make)
    {
        if (!kept.TryGetValue(key, out T? known))
        {
            if (kept.Count == MaxKept)
            {
                kept.Clear();
            }

            kept[key] = known = make();
        }

        return known;
    }
}
