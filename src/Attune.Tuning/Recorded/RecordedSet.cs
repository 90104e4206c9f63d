using System.Collections.Immutable;
using System.Security.Cryptography;
using Attune.Devices;

namespace Attune.Tuning.Recorded;

/// <summary>Recorded devices of several files.</summary>
/// <param name="Devices">The devices; their names differ.</param>
/// <param name="Paths">Their files.</param>
/// <param name="Signature">Hash of the files' contents: results of other contents are never mixed with theirs.</param>
/// <param name="Warnings">What was odd about them.</param>
public sealed record RecordedSet(ImmutableArray<RecordedDevice> Devices, ImmutableArray<string> Paths, string Signature, ImmutableArray<string> Warnings)
{
    /// <summary>What names of recorded devices begin with, where others are possible too.</summary>
    public const string Prefix = "recorded:";

    /// <summary>Opens files.</summary>
    /// <param name="names">Paths, with or without <see cref="Prefix"/>, with wildcards in the name of the file; at least one.</param>
    public static Result<RecordedSet, RecordedSetError> Open(IReadOnlyCollection<string> names)
    {
        var paths = new List<string>();
        foreach (string name in names)
        {
            string[] found = Expand(name);
            if (found.Length == 0)
            {
                return new RecordedSetError(RecordedSetFailure.Unreadable, $"No file matches '{WithoutPrefix(name)}'.", "Check the path.");
            }

            paths.AddRange(found);
        }

        try
        {
            return Load([.. paths.Distinct()]);
        }
        catch (RecordedDeviceException unusable)
        {
            RecordedSetFailure failure = unusable.Failure == RecordedFailure.Unreadable ? RecordedSetFailure.Unreadable : RecordedSetFailure.Malformed;
            return new RecordedSetError(failure, unusable.Message, unusable.Next);
        }
    }

    private static Result<RecordedSet, RecordedSetError> Load(ImmutableArray<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var devices = ImmutableArray.CreateBuilder<RecordedDevice>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (string path in paths)
        {
            foreach (RecordedDevice device in RecordedDevice.LoadAll(path))
            {
                warnings.AddRange(device.Warnings);
                if (double.IsFinite(device.BestMs))
                {
                    devices.Add(device);
                }
                else
                {
                    warnings.Add($"{device.Name} is left out: it records {device.Points} configuration{(device.Points == 1 ? string.Empty : "s")}, "
                        + "none of which works.");
                }
            }

            hash.AppendData(File.ReadAllBytes(path));
        }

        if (devices.Count == 0)
        {
            return new RecordedSetError(
                RecordedSetFailure.Malformed, "No recorded configuration works, so there is nothing to find.", "Check the columns status and time_ms.")
            {
                Details = warnings.ToImmutable(),
            };
        }

        return devices.GroupBy(device => device.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice
            ? new RecordedSetError(
                RecordedSetFailure.SameName, $"Two of the files are called '{twice.Key}', so reports could not tell them apart.", "Rename one of them.")
            : new RecordedSet(devices.ToImmutable(), paths, Convert.ToHexStringLower(hash.GetHashAndReset())[..16], warnings.ToImmutable());
    }

    private static string WithoutPrefix(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;

    private static string[] Expand(string name)
    {
        string path = WithoutPrefix(name);
        string file = Path.GetFileName(path);
        if (!file.AsSpan().ContainsAny('*', '?'))
        {
            return [path];
        }

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } given ? given : ".";
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, file).Order(StringComparer.Ordinal)] : [];
    }
}
