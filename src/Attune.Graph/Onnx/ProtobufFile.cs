using Attune.Devices;
using Attune.Devices.Files;
using Attune.Graph.Faults;
using Google.Protobuf;

namespace Attune.Graph.Onnx;

/// <summary>
/// Parses a protobuf message from bytes that nobody vouches for. Size and nesting are limited; a length field that promises more than
/// the file holds is found before anything of that length is allocated.
/// </summary>
internal static class ProtobufFile
{
    private const string NextForFile = "Check the path, and that the file is complete and is an ONNX model.";

    /// <summary>The message in a file, or null with a fault.</summary>
    public static T? Parse<T>(string path, int maximumBytes, int maximumDepth, FaultList faults)
        where T : class, IMessage<T>, new()
    {
        try
        {
            if (Directory.Exists(path))
            {
                faults.Add(FaultCodes.Unreadable, "It is a folder, not a file.", path, "Name the ONNX file in it.");
                return null;
            }

            // Opening a pipe would wait for ever for somebody to write into it.
            if (SpecialFiles.HasNoLength(path))
            {
                faults.Add(FaultCodes.NotProtobuf, "The file is empty, or a pipe or device instead of a file.", path, NextForFile);
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (stream.CanSeek && stream.Length > maximumBytes)
            {
                faults.Add(
                    FaultCodes.TooLarge,
                    $"The file has {stream.Length} bytes, the limit is {maximumBytes}.",
                    path,
                    "Store large weights as external data, or raise the limit.");
                return null;
            }

            return Parse<T>(stream, path, maximumBytes, maximumDepth, faults);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            faults.Add(FaultCodes.Unreadable, $"The file cannot be read: {error.Message}", path, NextForFile);
            return null;
        }
    }

    /// <summary>The message in a stream, or null with a fault.</summary>
    /// <exception cref="IOException">The stream fails.</exception>
    public static T? Parse<T>(Stream stream, string where, int maximumBytes, int maximumDepth, FaultList faults)
        where T : class, IMessage<T>, new()
    {
        var opening = new FileOpening(stream);
        try
        {
            using var input = CodedInputStream.CreateWithLimits(opening, maximumBytes, maximumDepth);
            var message = new T();
            message.MergeFrom(input);
            if (!input.IsAtEnd)
            {
                FileBeginning? known = FileBeginning.Of(opening.Start, where);
                faults.Add(
                    FaultCodes.NotProtobuf,
                    known is null ? "The message ends before the file does." : $"This is no ONNX model: {known.What}.",
                    where,
                    known?.Next ?? NextForFile);
                return null;
            }

            return message;
        }
        catch (InvalidProtocolBufferException error)
        {
            string code = Classify(error.Message, opening.FirstByte);
            if (code == FaultCodes.NotProtobuf && FileBeginning.Of(opening.Start, where) is { } other)
            {
                faults.Add(code, $"This is no ONNX model: {other.What}.", where, other.Next);
                return null;
            }

            faults.Add(code, code switch
            {
                FaultCodes.Truncated => "The file ends in the middle of a field, or a length field promises more than the file holds.",
                FaultCodes.TooLarge => $"The messages are nested deeper than {maximumDepth} levels or the file is larger than {maximumBytes} bytes.",
                _ => $"The bytes are not a protobuf message: {error.Message}",
            }, where, NextForFile);
            return null;
        }
    }

    // The library tells its failures apart by message only. A file that starts like no model and then seems to end early is simply not one.
    private static string Classify(string message, int firstByte)
    {
        if (message.Contains("too many levels of nesting") || message.Contains("too large"))
        {
            return FaultCodes.TooLarge;
        }

        const int irVersionTag = 0x08;
        const int lengthDelimited = 2;
        bool plausible = firstByte == irVersionTag || (firstByte is > 8 and < 0x80 && (firstByte & 7) is lengthDelimited or 0);
        return plausible && (message.Contains("ended unexpectedly") || message.Contains("negative size"))
            ? FaultCodes.Truncated
            : FaultCodes.NotProtobuf;
    }
}
