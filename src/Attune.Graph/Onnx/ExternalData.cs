using Attune.Devices;
using Attune.Graph.Faults;

namespace Attune.Graph.Onnx;

/// <summary>
/// Reads tensor bytes that a model keeps in another file. The file must lie inside the model's folder: absolute paths, '..', drive letters,
/// and links on any component below the folder are refused, so a downloaded model cannot make us read other files of the user.
/// Hard links cannot be told from ordinary files without native calls; making one needs access to the victim's disk already.
/// </summary>
internal sealed class ExternalData(string folder)
{
    private const string NextForEscape = "Use only models whose external data lie next to them as plain files.";
    private const string NextForMissing = "Put the data file next to the model, complete and readable.";

    /// <summary>Checked place of a tensor's bytes.</summary>
    public readonly record struct Place(string Path, long Offset);

    /// <summary>Where the needed bytes lie, or null with a fault. Nothing is allocated, so a forged shape costs nothing.</summary>
    public Place? Locate(TensorProto tensor, long needed, string where, FaultList faults)
    {
        string? location = null;
        long offset = 0;
        long length = needed;
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            bool good = true;
            switch (entry.Key)
            {
                case "location":
                    location = entry.Value;
                    break;
                case "offset":
                    good = long.TryParse(entry.Value, out offset) && offset >= 0;
                    break;
                case "length":
                    good = long.TryParse(entry.Value, out length) && length >= 0;
                    break;
            }

            if (!good)
            {
                faults.Add(
                    FaultCodes.ExternalDataMissing,
                    $"The {entry.Key} '{entry.Value}' of external data is not a number of bytes.",
                    where,
                    "Export the model again.");
                return null;
            }
        }

        if (length != needed)
        {
            faults.Add(
                FaultCodes.MalformedTensor, $"The external data have {length} bytes but type and shape need {needed}.", where, "Export the model again.");
            return null;
        }

        if (Resolve(location, out string path) is { } reason)
        {
            faults.Add(FaultCodes.ExternalDataEscapes, $"External data '{location}' are refused: {reason}", where, NextForEscape);
            return null;
        }

        // The length is looked at before the file is opened: opening a pipe would wait for ever, and a pipe has no length.
        var file = new FileInfo(path);
        if (!file.Exists || offset > file.Length || needed > file.Length - offset)
        {
            string found = file.Exists ? $"has {file.Length} bytes" : "does not exist";
            FileBeginning? stranger = file.Exists ? FileBeginning.Of(path) : null;
            faults.Add(
                FaultCodes.ExternalDataMissing,
                $"{needed} bytes from {offset} on are needed but '{path}' {found}{(stranger is null ? "." : $": {stranger.What}.")}",
                where,
                stranger?.Next ?? NextForMissing);
            return null;
        }

        return new Place(path, offset);
    }

    /// <summary>Fills the bytes from a place; false with a fault when the file cannot be read.</summary>
    public static bool Read(Place place, Span<byte> target, string where, FaultList faults)
    {
        if (target.IsEmpty)
        {
            return true;
        }

        try
        {
            using var stream = new FileStream(place.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            stream.Seek(place.Offset, SeekOrigin.Begin);
            stream.ReadExactly(target);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(FaultCodes.ExternalDataMissing, $"External data cannot be read: {error.Message}", where, NextForMissing);
            return false;
        }
    }

    // The reason why the location is refused, or null.
    private string? Resolve(string? location, out string path)
    {
        path = string.Empty;
        if (string.IsNullOrEmpty(location))
        {
            return "no location is given.";
        }

        if (location.Contains('\0') || Path.IsPathRooted(location) || location.Contains(':') || location.StartsWith('\\'))
        {
            return "only relative paths are allowed.";
        }

        path = folder.Length == 0 ? "." : folder;
        foreach (string part in location.Split('/', '\\'))
        {
            if (part == "..")
            {
                return "'..' leaves the model's folder.";
            }

            path = Path.Combine(path, part);
            try
            {
                if (new FileInfo(path).LinkTarget is not null)
                {
                    return $"'{path}' is a link.";
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                return $"it cannot be looked at: {error.Message}";
            }
        }

        return null;
    }
}
