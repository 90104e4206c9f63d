using System.Text;

namespace Attune.Cli.Output;

/// <summary>
/// A writer that never fails: what its stream refuses (a full disk, a terminal that is gone) is dropped, and <see cref="Loss"/> tells why. Work of ten minutes
/// must not be lost because a line about it could not be printed.
/// </summary>
/// <param name="inner">Where to write; null when there is no stream at all.</param>
internal sealed class SteadyWriter(TextWriter? inner) : TextWriter
{
    private volatile string? loss;

    /// <summary>Why something that was written did not arrive; null while everything did.</summary>
    public string? Loss => loss;

    /// <inheritdoc/>
    public override Encoding Encoding => inner?.Encoding ?? Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Try(target => target.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(target => target.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(target => target.Write(value));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is lost by flushing nothing.
        if (inner is not null)
        {
            Try(target => target.Flush());
        }
    }

    private void Try(Action<TextWriter> use)
    {
        if (loss is not null)
        {
            return;
        }

        if (inner is null)
        {
            loss = "the stream is closed";
            return;
        }

        try
        {
            use(inner);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            loss = refused.Message;
        }
    }
}
