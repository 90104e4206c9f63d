using System.Collections.Immutable;
using System.IO.Compression;
using Attune.Tuning.Recorded.Formats;

namespace Attune.Tuning.Recorded;

/// <summary>Opens a recording of any known format, plain or gzipped, and finds out which it is from its first characters.</summary>
internal static class RecordedFile
{
    public static ImmutableArray<RecordedTable> Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using Stream stream = new BoundedStream(
                IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file, path, RecordedLimits.Bytes);
            using var reader = new StreamReader(stream);
            return Read(Path.GetFileName(path).Split('.')[0], reader);
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException or InvalidDataException) and not RecordedDeviceException)
        {
            throw new RecordedDeviceException(
                RecordedFailure.Unreadable,
                path,
                null,
                $"it cannot be read ({exception.Message.TrimEnd('.')})",
                "Check the path and that the file is whole.",
                exception);
        }
    }

    public static ImmutableArray<RecordedTable> Read(string name, TextReader reader)
    {
        int first = reader.Peek();
        if (first != '{')
        {
            return [CsvRecording.Read(name, reader)];
        }

        // Both JSON formats begin alike; a log of AutoTVM has its record on one line.
        var replay = new ReplayReader(reader, 64);
        string property = replay.Start[1..].TrimStart();
        return property.StartsWith("\"input\"", StringComparison.Ordinal) || property.StartsWith("\"i\"", StringComparison.Ordinal)
            ? [.. AutoTvmRecording.Read(name, replay)]
            : [KernelTunerRecording.Read(name, replay)];
    }

    private static bool IsGzip(FileStream file)
    {
        bool gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return gzip;
    }

    /// <summary>A reader whose first characters can be looked at before they are read.</summary>
    private sealed class ReplayReader : TextReader
    {
        private readonly TextReader rest;
        private readonly char[] start;
        private int given;

        public ReplayReader(TextReader rest, int length)
        {
            this.rest = rest;
            var buffer = new char[length];
            start = buffer[..rest.ReadBlock(buffer, 0, length)];
        }

        public string Start => new(start);

        public override int Peek() => given < start.Length ? start[given] : rest.Peek();

        public override int Read() => given < start.Length ? start[given++] : rest.Read();

        public override int Read(char[] buffer, int index, int count)
        {
            if (given == start.Length)
            {
                return rest.Read(buffer, index, count);
            }

            int taken = Math.Min(count, start.Length - given);
            start.AsSpan(given, taken).CopyTo(buffer.AsSpan(index));
            given += taken;
            return taken;
        }
    }
}
