namespace Attune.Kernels;

/// <summary>
/// Elements of a tensor that stay where they are stored until somebody asks for them. Packing weights reads them in pieces, so that a model is loaded without
/// ever holding all of them twice; everybody else gets an array, which is then kept. Thread-safe.
/// </summary>
public abstract class StoredElements
{
    private readonly Lock gate = new();
    private Array? loaded;

    /// <summary>Number of elements.</summary>
    public abstract int Count { get; }

    /// <summary>All elements as an array of the element type's CLR type; read on first use.</summary>
    /// <exception cref="ObjectDisposedException">The storage was closed before anybody asked.</exception>
    public Array Data
    {
        get
        {
            lock (gate)
            {
                return loaded ??= Load();
            }
        }
    }

    /// <summary>Reads some 32-bit floats.</summary>
    /// <param name="first">First element.</param>
    /// <param name="target">Receives as many elements as fit.</param>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    /// <exception cref="ObjectDisposedException">The storage is closed.</exception>
    public abstract void Read(long first, Span<float> target);

    /// <summary>Reads all elements.</summary>
    protected abstract Array Load();
}
