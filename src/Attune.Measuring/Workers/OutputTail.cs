using System.Text;

namespace Attune.Measuring.Workers;

/// <summary>The last few kilobytes of what a worker printed, for messages. Safe to share between threads.</summary>
internal sealed class OutputTail
{
    private const int Limit = 4096;
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();

    public void Add(ReadOnlySpan<byte> line)
    {
        string decoded = Encoding.UTF8.GetString(line.Length > Limit ? line[^Limit..] : line);
        lock (gate)
        {
            text.Append(decoded.TrimEnd('\r')).Append('\n');
            if (text.Length > Limit)
            {
                text.Remove(0, text.Length - Limit);
            }
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            return text.ToString().Trim();
        }
    }
}
