using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Runtime.Binding;

namespace Attune.Runtime;

/// <summary>
/// Memory for every input and output of a model, bound once and used by any number of runs. Memory may be the caller's or, where none was bound, the binding's
/// own. A run allocates nothing on the managed heap as long as every operator has a template. Bound memory is pinned until something else is bound or the
/// binding is disposed of. One run at a time; several bindings of one model may run at the same time.
/// </summary>
public sealed class ModelBinding : IDisposable
{
    private readonly CompiledModel model;
    private readonly BoundBuffer?[] inputs;
    private readonly BoundBuffer?[] outputs;

    // What reference kernels read inputs from that are not 32-bit floats.
    private readonly Tensor?[] tensors;
    private bool disposed;

    internal ModelBinding(CompiledModel model)
    {
        this.model = model;
        inputs = new BoundBuffer?[model.Inputs.Length];
        outputs = new BoundBuffer?[model.Outputs.Length];
        tensors = new Tensor?[model.Inputs.Length];
    }

    /// <summary>The model that runs.</summary>
    public CompiledModel Model => model;

    /// <summary>Binds an input to memory that each run reads.</summary>
    /// <typeparam name="T">CLR type of its elements, as <see cref="Tensor.ClrType"/> names it.</typeparam>
    /// <param name="index">Position in <see cref="CompiledModel.Inputs"/>.</param>
    /// <param name="memory">As many elements as the input has, row-major.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="ArgumentException">The elements are of another type or number.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public void BindInput<T>(int index, ReadOnlyMemory<T> memory) => Bind(inputs, model.Inputs, index, MemoryMarshal.AsMemory(memory), isOwn: false);

    /// <summary>Binds an input to memory that each run reads.</summary>
    /// <typeparam name="T">As for a position.</typeparam>
    /// <param name="name">Name of the input.</param>
    /// <param name="memory">As for a position.</param>
    /// <exception cref="ArgumentException">There is no such input, or the elements are of another type or number.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public void BindInput<T>(string name, ReadOnlyMemory<T> memory) => BindInput(PositionOf(model.Inputs, name, "input"), memory);

    /// <summary>Binds an output to memory that each run writes.</summary>
    /// <typeparam name="T">CLR type of its elements, as <see cref="Tensor.ClrType"/> names it.</typeparam>
    /// <param name="index">Position in <see cref="CompiledModel.Outputs"/>.</param>
    /// <param name="memory">Room for as many elements as the output has, row-major.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    /// <exception cref="ArgumentException">The elements are of another type or number.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public void BindOutput<T>(int index, Memory<T> memory) => Bind(outputs, model.Outputs, index, memory, isOwn: false);

    /// <summary>Binds an output to memory that each run writes.</summary>
    /// <typeparam name="T">As for a position.</typeparam>
    /// <param name="name">Name of the output.</param>
    /// <param name="memory">As for a position.</param>
    /// <exception cref="ArgumentException">There is no such output, or the elements are of another type or number.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public void BindOutput<T>(string name, Memory<T> memory) => BindOutput(PositionOf(model.Outputs, name, "output"), memory);

    /// <summary>The binding's own memory for an input, to be filled before a run; bound on first use in place of what was.</summary>
    /// <typeparam name="T">As for <see cref="BindInput{T}(int, ReadOnlyMemory{T})"/>.</typeparam>
    /// <param name="index">Position in <see cref="CompiledModel.Inputs"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public Span<T> Input<T>(int index) => Own<T>(inputs, model.Inputs, index).Span;

    /// <summary>Memory of an output as the last run left it: what was bound, or else the binding's own, which the next runs write.</summary>
    /// <typeparam name="T">As for <see cref="BindOutput{T}(int, Memory{T})"/>.</typeparam>
    /// <param name="index">Position in <see cref="CompiledModel.Outputs"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed of.</exception>
    public ReadOnlySpan<T> Output<T>(int index) =>
        outputs.ElementAtOrDefault(index) is PinnedBuffer<T> bound ? bound.Memory.Span : Own<T>(outputs, model.Outputs, index).Span;

    /// <summary>Runs the model from the bound inputs to the bound outputs; outputs without memory are not copied.</summary>
    /// <exception cref="InvalidOperationException">An input has no memory.</exception>
    /// <exception cref="ObjectDisposedException">The binding or its model was disposed of.</exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null)
            {
                throw new InvalidOperationException(
                    $"Input '{model.Inputs[i].Name}' ({model.Inputs[i].Type}) has no memory: bind some, or fill the binding's own (Input).");
            }
        }

        model.Run(inputs!, outputs, tensors);
    }

    /// <summary>Unpins all memory. The model stays.</summary>
    public void Dispose()
    {
        disposed = true;
        foreach (BoundBuffer? buffer in inputs.Concat(outputs))
        {
            buffer?.Dispose();
        }
    }

    private static int PositionOf(ImmutableArray<NetworkValue> values, string name, string kind)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Name == name)
            {
                return i;
            }
        }

        throw new ArgumentException(
            $"The network has no {kind} '{name}'; its {kind}s are {string.Join(", ", values.Select(value => value.Name))}.", nameof(name));
    }

    private Memory<T> Own<T>(BoundBuffer?[] buffers, ImmutableArray<NetworkValue> values, int index)
    {
        if (buffers.ElementAtOrDefault(index) is PinnedBuffer<T> { IsOwn: true } own)
        {
            return own.Memory;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)values.Length, nameof(index));
        Memory<T> memory = new T[values[index].Type.Shape.Count];
        Bind(buffers, values, index, memory, isOwn: true);
        return memory;
    }

    private void Bind<T>(BoundBuffer?[] buffers, ImmutableArray<NetworkValue> values, int index, Memory<T> memory, bool isOwn)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)values.Length, nameof(index));
        NetworkValue value = values[index];
        if (value.Type.Element == DataType.Undefined)
        {
            throw new ArgumentException(
                $"The type of '{value.Name}' is known only after a run, so no memory can be bound to it; use the overload of Run that takes tensors by name.",
                nameof(memory));
        }

        if (Tensor.ClrType(value.Type.Element) != typeof(T))
        {
            throw new ArgumentException(
                $"'{value.Name}' is {value.Type}, whose elements are of type {Tensor.ClrType(value.Type.Element).Name}, not {typeof(T).Name}.", nameof(memory));
        }

        if (memory.Length != value.Type.Shape.Count)
        {
            throw new ArgumentException(
                $"'{value.Name}' has shape {value.Type.Shape} and so {value.Type.Shape.Count} elements, but the memory has {memory.Length}.", nameof(memory));
        }

        buffers[index]?.Dispose();
        buffers[index] = new PinnedBuffer<T>(memory, isOwn);
    }
}
