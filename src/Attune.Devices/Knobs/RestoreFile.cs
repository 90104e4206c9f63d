using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Devices.Knobs;

/// <summary>
/// The file that says how to put knobs back: first line the owner's process id and start time, then one line for each step, target and text with a tab between. Lines are only carried out when their
/// target is a file of a knob: the file may be read by a process with more rights than whoever could have written it. Stateless.
/// </summary>
public static partial class RestoreFile
{
    private const string Header = "attune-restore 1";

    /// <summary>Where it is when nobody says otherwise: in the run folder of the system for root, else of the user.</summary>
    public static string DefaultPath
    {
        get
        {
            string? user = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            string folder = Environment.IsPrivilegedProcess ? "/run" : user is { Length: > 0 } ? user : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(folder, ".attune-restore");
        }
    }

    /// <summary>Writes the file and syncs it to the disk.</summary>
    /// <exception cref="IOException">It cannot be written: no knob may be turned then.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Save(string path, ImmutableArray<RestoreStep> steps)
    {
        var text = new StringBuilder().Append(Header).Append(' ').Append(Environment.ProcessId).Append(' ').AppendLine(StartOf("/", Environment.ProcessId) ?? "0");
        foreach (RestoreStep step in steps)
        {
            text.Append(step.Target).Append('\t').AppendLine(step.Text);
        }

        string temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Puts everything back and deletes the file. Nothing happens when there is no file.</summary>
    /// <param name="root">Where the system's files are.</param>
    /// <param name="path">The file.</param>
    /// <returns>What could not be put back; empty when all was.</returns>
    public static ImmutableArray<string> Apply(string root, string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var files = new SystemFiles(root);
        ImmutableArray<RestoreStep> steps = [.. Read(path).Where(step => KnobFile().IsMatch(step.Target) && !step.Target.Contains("..", StringComparison.Ordinal))];

        // A limit may be refused as long as its counterpart is not back: what is refused first is written again at the end.
        var failures = new List<RestoreStep>();
        foreach (RestoreStep step in steps.Where(step => Carry(files, step) is not null))
        {
            failures.Add(step);
        }

        ImmutableArray<string> refusals = [.. failures.Select(step => (step.Target, Refusal: Carry(files, step))).Where(result => result.Refusal is not null).Select(result => $"{result.Target}: {result.Refusal}")];
        File.Delete(path);
        return refusals;
    }

    /// <summary>Puts back what a process that was killed left; refuses while its owner lives.</summary>
    /// <returns>Why knobs must not be turned now; null when they may.</returns>
    internal static string? Recover(string root, string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string[] head = File.ReadLines(path).FirstOrDefault()?.Split(' ') ?? [];
        if (head.Length == 4 && int.TryParse(head[2], CultureInfo.InvariantCulture, out int owner) && owner != Environment.ProcessId && StartOf("/", owner) == head[3])
        {
            return $"process {owner} turns knobs of this machine already (its restore file is {path}).";
        }

        ImmutableArray<string> refusals = Apply(root, path);
        return refusals.IsEmpty ? null : $"an earlier run was killed, and not everything could be put back: {string.Join("; ", refusals)}.";
    }

    private static string? Carry(SystemFiles files, RestoreStep step) =>
        step.Target.StartsWith("nvml/", StringComparison.Ordinal)
            ? NvmlClockKnob.Release(int.Parse(step.Target[5..], CultureInfo.InvariantCulture))
            : files.Text(step.Target) == step.Text ? null : files.Write(step.Target, step.Text);

    private static IEnumerable<RestoreStep> Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        return lines.Length > 0 && lines[0].StartsWith(Header, StringComparison.Ordinal)
            ? lines.Skip(1).Select(line => line.Split('\t', 2)).Where(parts => parts.Length == 2).Select(parts => new RestoreStep(parts[0], parts[1]))
            : [];
    }

    // Ids are used again; together with the time of its start an id names a process.
    private static string? StartOf(string root, int process) => new SystemFiles(root).Text($"/proc/{process}/stat")?.Split(") ")[^1].Split(' ').ElementAtOrDefault(19);

    [GeneratedRegex(@"\A(/sys/devices/system/cpu/cpufreq/policy\d+/scaling_(min_freq|max_freq|governor)|/sys/class/devfreq/[\w.:-]+/(min_freq|max_freq|governor)|/sys/kernel/debug/bpmp/debug/clk/emc/(rate|state|mrq_rate_locked)|/sys/fs/cgroup(/[\w.:@\\-]+)*/cpu\.max|nvml/\d{1,3})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KnobFile();
}
