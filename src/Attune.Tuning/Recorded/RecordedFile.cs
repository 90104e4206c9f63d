using System.Collections.Immutable;
using Attune.Records.Text;
using Attune.Tuning.Recorded.Formats;

namespace Attune.Tuning.Recorded;

/// <summary>Opens a recording of any known format, plain or gzipped, and finds out which it is from its first characters.</summary>
internal static class RecordedFile
{
    public static ImmutableArray<RecordedTable> Read(string path, long limit = TextFile.MaxBytes)
    {
        try
        {
            using StreamReader reader = TextFile.Open(path, limit);
            return Read(Path.GetFileName(path).Split('.')[0], reader);
        }
        catch (TextTooLongException longer)
        {
            throw new RecordedDeviceException(RecordedFailure.TooLarge, path, null, longer.Message, "Split the recording into one file per task.", longer);
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
