using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using Attune.Cli.Output;
using Attune.Tuning;

namespace Attune.Cli.Arguments;

/// <summary>Recorded devices as users name them: recorded:FILE, several files after one option, with wildcards.</summary>
/// <param name="Devices">The devices.</param>
/// <param name="Paths">Their files.</param>
/// <param name="Signature">Hash of the files' contents: results of other contents are never mixed with theirs.</param>
/// <param name="Warnings">What was odd about them.</param>
internal sealed record RecordedFiles(ImmutableArray<RecordedDevice> Devices, ImmutableArray<string> Paths, string Signature, ImmutableArray<string> Warnings)
{
    /// <summary>What names of recorded devices begin with.</summary>
    public const string Prefix = "recorded:";

    /// <summary>The option that names them.</summary>
    public static Option<string[]> Option(string description) => new("--device")
    {
        Description = description,
        HelpName = "recorded:FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Opens them.</summary>
    /// <param name="values">Values of the option; at least one.</param>
    /// <exception cref="CommandFailedException">One is missing or malformed (AT3003), holds nothing that works, or two have one name.</exception>
    public static RecordedFiles Open(IReadOnlyCollection<string> values)
    {
        ImmutableArray<string> paths = [.. values.SelectMany(Expand).Distinct()];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var devices = ImmutableArray.CreateBuilder<RecordedDevice>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (string path in paths)
        {
            foreach (RecordedDevice device in Load(path))
            {
                warnings.AddRange(device.Warnings);
                if (double.IsFinite(device.BestMs))
                {
                    devices.Add(device);
                }
                else
                {
                    warnings.Add($"{device.Name} is left out: it records {Units.Counted(device.Points, "configuration")}, none of which works.");
                }
            }

            hash.AppendData(File.ReadAllBytes(path));
        }

        if (devices.Count == 0)
        {
            throw new CommandFailedException(new Failure(ExitCode.Model, ErrorCodes.MalformedRecording, "No recorded configuration works, so there is nothing to find.", "Check the columns status and time_ms.") { Details = warnings.ToImmutable() });
        }

        if (devices.GroupBy(device => device.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"Two of the files are called '{twice.Key}', so reports could not tell them apart.", "Rename one of them.");
        }

        return new RecordedFiles(devices.ToImmutable(), paths, Convert.ToHexStringLower(hash.GetHashAndReset())[..16], warnings.ToImmutable());
    }

    private static IEnumerable<string> Expand(string value)
    {
        string path = value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? value[Prefix.Length..] : value;
        string name = Path.GetFileName(path);
        if (!name.AsSpan().ContainsAny('*', '?'))
        {
            return [path];
        }

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } given ? given : ".";
        string[] found = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, name).Order(StringComparer.Ordinal)] : [];
        return found.Length > 0
            ? found
            : throw new CommandFailedException(ExitCode.Usage, ErrorCodes.FileAccess, $"No file matches '{path}'.", "Check the path.");
    }

    private static ImmutableArray<RecordedDevice> Load(string path)
    {
        try
        {
            return RecordedDevice.LoadAll(path);
        }
        catch (RecordedDeviceException unreadable)
        {
            bool missing = unreadable.Failure == RecordedFailure.Unreadable;
            throw new CommandFailedException(
                missing ? ExitCode.Usage : ExitCode.Model,
                missing ? ErrorCodes.FileAccess : ErrorCodes.MalformedRecording,
                unreadable.Message,
                unreadable.Next);
        }
    }
}
