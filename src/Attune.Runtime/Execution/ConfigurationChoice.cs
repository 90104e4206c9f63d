using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>
/// Picks the configuration of each task: the given one when it is valid here, the nearest valid one when only some knobs fit, else the default.
/// </summary>
/// <param name="configurations">Knob texts by task key.</param>
/// <param name="target">What kernels are generated for.</param>
/// <param name="takesNearest">Whether a task that has none takes that of the same layer on other extents.</param>
internal sealed class ConfigurationChoice(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, KernelTarget target, bool takesNearest = false)
{
    private readonly Dictionary<string, (Configuration Configuration, ConfigurationSource Source)> chosen = [];

    public (Configuration Configuration, ConfigurationSource Source) Of(WeightedWorkload workload)
    {
        if (!chosen.TryGetValue(workload.Key, out (Configuration Configuration, ConfigurationSource Source) choice))
        {
            choice = Choose(workload);
            chosen[workload.Key] = choice;
        }

        return choice;
    }

    private (Configuration Configuration, ConfigurationSource Source) Choose(WeightedWorkload workload)
    {
        Space space = KernelTemplates.CreateSpace(workload, target);
        // A model tuned with 32-bit weights and narrowed afterwards: its knobs are the nearest there is.
        IReadOnlyDictionary<string, string>? labels = configurations.GetValueOrDefault(workload.Key) ?? configurations.GetValueOrDefault(
            (workload with { Weights = WeightFormat.F32 }).Key);
        bool isOwn = labels is not null;
        labels ??= takesNearest ? NearestWorkload.Find(workload, configurations) : null;
        if (labels is null)
        {
            return (space[KernelTemplates.DefaultIndex(workload, space, target)], ConfigurationSource.Default);
        }

        if (space.Find(labels) is { } exact && space.IsValid(exact.Index))
        {
            return (exact, isOwn ? ConfigurationSource.Tuned : ConfigurationSource.Nearest);
        }

        long fallback = KernelTemplates.DefaultIndex(workload, space, target);

        // Take over one knob after the other, as long as the point stays valid.
        int[] vector = space.Decode(fallback);
        bool moved = false;
        for (int i = 0; i < vector.Length; i++)
        {
            int wanted = labels.TryGetValue(space.Knobs[i].Name, out string? label) ? space.Knobs[i].IndexOf(label) : -1;
            if (wanted >= 0 && wanted != vector[i])
            {
                int before = vector[i];
                vector[i] = wanted;
                bool valid = space.IsValid(space.Encode(vector));
                vector[i] = valid ? wanted : before;
                moved |= valid;
            }
        }

        return (space[space.Encode(vector)], moved ? ConfigurationSource.Nearest : ConfigurationSource.Default);
    }
}
