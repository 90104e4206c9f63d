namespace Attune.Records.Text;

/// <summary>A text file is longer than any that is read. The message is half a sentence without the file: who reads it knows what to do instead.</summary>
/// <param name="limit">Bytes that are read.</param>
public sealed class TextTooLongException(long limit)
    : IOException(limit >> 20 > 0 ? $"it has more than {limit >> 20} MiB of text" : $"it has more than {limit} bytes of text");
