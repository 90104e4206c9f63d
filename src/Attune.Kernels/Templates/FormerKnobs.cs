namespace Attune.Kernels.Templates;

/// <summary>
/// Knobs as they were while all algorithms of a task shared those of the direct template, under other meanings: what records and tuned models of then hold. The
/// kernels are the same; only the names of their configurations changed.
/// </summary>
internal static class FormerKnobs
{
    /// <summary>Version of all templates together under which the kernels were those of the first version of each template.</summary>
    public const int LastFamily = 2;

    /// <summary>Name of the algorithm that a former configuration chose.</summary>
    /// <param name="task">Key of the task.</param>
    /// <param name="knobs">The configuration as it was written.</param>
    public static string AlgorithmOf(string task, IReadOnlyDictionary<string, string> knobs) =>
        knobs.TryGetValue(TemplateRegistry.Chooser, out string? chosen) ? chosen
        : task.Contains(PairWorkload.Separator) ? "depthwise-pointwise"
        : task.StartsWith("depthwise", StringComparison.Ordinal) ? "depthwise" : "direct";

    /// <summary>True when a configuration uses former knobs.</summary>
    public static bool AreIn(IReadOnlyDictionary<string, string> knobs) =>
        knobs.ContainsKey("kw_unroll") && knobs.TryGetValue(TemplateRegistry.Chooser, out string? algorithm)
        && (algorithm.StartsWith("winograd", StringComparison.Ordinal) || algorithm.StartsWith("strassen", StringComparison.Ordinal));

    /// <summary>
    /// The same configuration in the knobs of today; configurations that have not changed, and those that cannot be understood, come back as they are.
    /// </summary>
    /// <param name="knobs">The configuration as it was written.</param>
    public static IReadOnlyDictionary<string, string> Translate(IReadOnlyDictionary<string, string> knobs)
    {
        if (!AreIn(knobs)
            || !int.TryParse(knobs.GetValueOrDefault("ow_tile"), out int columns) || !int.TryParse(knobs.GetValueOrDefault("oh_tile"), out int rows)
            || !knobs.ContainsKey("oc") || !knobs.ContainsKey("ic_unroll") || !knobs.ContainsKey("oh_block") || !knobs.ContainsKey("prefetch"))
        {
            return knobs;
        }

        string algorithm = knobs[TemplateRegistry.Chooser];
        var now = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["oc"] = knobs["oc"],
            ["positions"] = (columns * rows).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["ic_unroll"] = knobs["ic_unroll"],
            ["block"] = knobs["oh_block"],
            ["schedule"] = knobs["kw_unroll"] == "on" ? "split" : "fused",
        };
        if (algorithm.StartsWith("winograd", StringComparison.Ordinal))
        {
            now["block_order"] = knobs.GetValueOrDefault("order") == "rows-outer" ? "blocks-outer" : "oc-outer";
        }

        now["prefetch"] = knobs["prefetch"];
        now[TemplateRegistry.Chooser] = algorithm;
        return now;
    }
}
