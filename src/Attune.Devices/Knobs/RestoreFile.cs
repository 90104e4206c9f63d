using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Attune.Devices.Cpu;
using Attune.Devices.Files;

namespace Attune.Devices.Knobs;

/// <summary>
/// The file that says how to put knobs back: first line the owner's process id and start time, then one line for each step, target and text with a tab between.
/// Lines are only carried out when their target is a file of a knob, and files only read that nobody but this user or root can have written: the reader may
/// have more rights than whoever could have put a file there. What cannot be done is told, never thrown. Stateless.
/// </summary>
internal static partial class RestoreFile
{
    private const string Header = "attune-restore 1";
    private const string NvidiaDevice = "nvml/";
    private const int LongestExcerpt = 100;

    /// <summary>Where it is when nobody says otherwise: in the run folder of the system for root, else of the user.</summary>
    public static string DefaultPath
    {
        get
        {
            string? user = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            string folder = Environment.IsPrivilegedProcess
                ? "/run"
                : user is { Length: > 0 }
                ? user
                : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(folder, ".attune-restore");
        }
    }

    /// <summary>Writes the file and syncs it to the disk. It must not be there yet.</summary>
    /// <returns>Null when it was written, else why not: no knob may be turned then.</returns>
    public static string? Save(string path, ImmutableArray<RestoreStep> steps)
    {
        if (steps.FirstOrDefault(step => !CanCarry(step)) is { } strange)
        {
            return $"{Excerpt(strange.Target)} could not be put back later, because no restore file may name it";
        }

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Header} {Environment.ProcessId} {StartOf("/", Environment.ProcessId) ?? "0"}\n");
        foreach (RestoreStep step in steps)
        {
            text.Append(step.Target).Append('\t').Append(step.Text).Append('\n');
        }

        return PrivateFile.Write(path, text.ToString()) is { } problem ? $"what puts the knobs back cannot be saved at {path}: {problem}" : null;
    }

    /// <summary>Puts everything back and deletes the file. Nothing happens when there is no file; a file that is not a restore file is left as it is.</summary>
    /// <param name="root">Where the system's files are.</param>
    /// <param name="path">The file.</param>
    public static RestoreReport Apply(string root, string path)
    {
        (string[]? lines, string? problem) = Lines(path);
        return lines is null ? new RestoreReport { Problem = problem } : Carry(root, path, lines);
    }

    /// <summary>Puts back what a process that was killed left; refuses while its owner lives.</summary>
    /// <param name="root">Where the system's files are.</param>
    /// <param name="path">The file.</param>
    /// <param name="ignored">Told the lines that name no knob; null for nobody.</param>
    /// <returns>Why knobs must not be turned now; null when they may.</returns>
    internal static string? Recover(string root, string path, Action<string>? ignored = null)
    {
        (string[]? lines, string? problem) = Lines(path);
        if (lines is null)
        {
            return problem;
        }

        string[] head = lines[0].Split(' ');
        bool hasOwner = int.TryParse(head.ElementAtOrDefault(2), NumberStyles.None, CultureInfo.InvariantCulture, out int owner);
        if (hasOwner && head.Length == 4 && owner != Environment.ProcessId && StartOf("/", owner) == head[3])
        {
            return $"process {owner} turns knobs of this machine already (its restore file is {path}).";
        }

        RestoreReport report = Carry(root, path, lines);
        foreach (string line in report.Ignored)
        {
            ignored?.Invoke($"{path} has a line that names no knob, left alone: {line}");
        }

        string left = string.Join("; ", report.Refused.Append(report.Problem).OfType<string>());
        return report.IsComplete ? null : $"an earlier run was killed, and not everything could be put back: {left}.";
    }

    /// <summary>Lines of a restore file; neither lines nor a problem when there is none.</summary>
    private static (string[]? Lines, string? Problem) Lines(string path)
    {
        (string? text, string? problem) = PrivateFile.Read(path);
        if (text is null)
        {
            return (null, problem is null ? null : $"the restore file {path} is not used: {problem}; look at it, remove it, or name another one.");
        }

        string[] lines = text.Split('\n');
        return lines[0].StartsWith(Header + " ", StringComparison.Ordinal)
            ? (lines, null)
            : (null, $"{path} is no restore file of Attune and is left as it is; name another one.");
    }

    private static RestoreReport Carry(string root, string path, string[] lines)
    {
        var files = new SystemFiles(root);
        var ignored = ImmutableArray.CreateBuilder<string>();
        var steps = new List<RestoreStep>();
        foreach (string line in lines.Skip(1).Where(line => line.Length > 0))
        {
            string[] parts = line.Split('\t', 2);
            if (parts.Length == 2 && new RestoreStep(parts[0], parts[1]) is var step && CanCarry(step))
            {
                steps.Add(step);
            }
            else
            {
                ignored.Add(Excerpt(line));
            }
        }

        // A limit may be refused as long as its counterpart is not back: what is refused first is written again at the end.
        List<RestoreStep> again = [.. steps.Where(step => Carry(files, step) is not null)];
        ImmutableArray<string> refusals =
        [
            .. again.Select(step => (step.Target, Refusal: Carry(files, step)))
                .Where(result => result.Refusal is not null).Select(result => $"{result.Target}: {result.Refusal}"),
        ];
        return new RestoreReport
        {
            Refused = refusals,
            Ignored = ignored.ToImmutable(),
            Problem = PrivateFile.Delete(path) is { } left ? $"the restore file {path} cannot be deleted: {left}" : null,
        };
    }

    private static bool CanCarry(RestoreStep step) =>
        KnobFile().IsMatch(step.Target) && !step.Target.Contains("..", StringComparison.Ordinal) && !step.Text.AsSpan().ContainsAny('\n', '\r');

    // The pattern lets through up to three ASCII digits, so the number can always be read.
    private static string? Carry(SystemFiles files, RestoreStep step) =>
        step.Target.StartsWith(NvidiaDevice, StringComparison.Ordinal)
            ? NvmlClockKnob.Release(int.Parse(step.Target.AsSpan(NvidiaDevice.Length), NumberStyles.None, CultureInfo.InvariantCulture))
            : files.Text(step.Target) == step.Text ? null : files.Write(step.Target, step.Text);

    private static string Excerpt(string text) => new([.. text.Take(LongestExcerpt).Select(symbol => symbol is < ' ' or > '~' ? '?' : symbol)]);

    // Ids are used again; together with the time of its start an id names a process.
    private static string? StartOf(string root, int process) =>
        new SystemFiles(root).Text($"/proc/{process}/stat")?.Split(") ")[^1].Split(' ').ElementAtOrDefault(19);

    [GeneratedRegex(
        @"\A(/sys/devices/system/cpu/cpufreq/policy[0-9]+/scaling_(min_freq|max_freq|governor)|"
        + @"/sys/class/devfreq/[A-Za-z0-9_.:-]+/(min_freq|max_freq|governor)|"
        + @"/sys/kernel/debug/bpmp/debug/clk/emc/(rate|state|mrq_rate_locked)|"
        + @"/sys/fs/cgroup(/[A-Za-z0-9_.:@\\-]+)*/cpu\.max|nvml/[0-9]{1,3})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KnobFile();
}
