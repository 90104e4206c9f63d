using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>
/// One place where a value lives. Kind and shape of the value alone decide the order of its elements in memory; who wrote it first, or for whom, does not.
/// A storage may be a part of another one (an input of an in-place concatenation) or the same memory under another shape (a reshape); the root of such a
/// chain owns the memory and decides the halo.
/// </summary>
internal sealed class Storage(string value, StorageKind kind, Shape shape, int lanes)
{
    public string Value { get; } = value;

    public StorageKind Kind { get; } = kind;

    /// <summary>Shape of the value, as the network states it.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>What the memory has extents of: images where it is ordered by channels, a matrix where rows are rounded up, else one long row.</summary>
    public Extent Extent => Kind switch
    {
        StorageKind.Blocked or StorageKind.PaddedPlain => Extent.OfImage(Shape),
        StorageKind.RowMajor => Extent.OfMatrix(Shape),
        _ => Extent.Flat(Shape),
    };

    /// <summary>Position in the plan's list of storages.</summary>
    public int Id { get; set; }

    /// <summary>Storage whose memory this one shares, or null for a root.</summary>
    public Storage? Parent { get; set; }

    /// <summary>First channel block of this storage within its parent.</summary>
    public int ParentBlock { get; set; }

    /// <summary>Zeros around the image; meaningful on roots.</summary>
    public Halo Halo { get; set; }

    /// <summary>Elements in the arena: floats, or narrower ones, which views and halos then count: unsigned bytes, brain floats.</summary>
    public DataType Element { get; init; } = DataType.Float32;

    /// <summary>What stands for zero in a halo of bytes; meaningful on roots.</summary>
    public byte Zero { get; set; }

    /// <summary>Where the byte that stands for zero is, when only a run finds it; null when it is <see cref="Zero"/>. Meaningful on roots.</summary>
    public Storage? ZeroAt { get; set; }

    /// <summary>Elements that take the memory of a float.</summary>
    public int PerFloat => Element switch
    {
        DataType.UInt8 => 4,
        DataType.BFloat16 => 2,
        _ => 1,
    };

    /// <summary>Elements are narrower than floats, so that images have all channels of a pixel next to each other.</summary>
    public bool IsNarrow => Element != DataType.Float32;

    /// <summary>Offset in the arena, floats; on roots, after planning.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>First and last step that touches the memory; on roots.</summary>
    public int FirstStep { get; set; } = int.MaxValue;

    /// <summary>Last step that touches the memory; on roots.</summary>
    public int LastStep { get; set; } = -1;

    public int Lanes => lanes;

    /// <summary>Channels of a pixel of this storage, those past the last included: of a part of a concatenation not those of the other parts.</summary>
    public int OwnChannels => (Extent.Channels + lanes - 1) / lanes * lanes;

    public Storage Root => Parent?.Root ?? this;

    public bool InArena => Kind is not (StorageKind.External or StorageKind.Managed);

    /// <summary>Row-major without gaps, as ONNX orders elements: may be seen as images and as a matrix alike.</summary>
    public bool IsDense => Kind is StorageKind.Plain or StorageKind.External or StorageKind.Managed;

    /// <summary>Whoever writes the value writes the halo too.</summary>
    public bool NeedsZeros => Kind is StorageKind.Blocked or StorageKind.PaddedPlain && !Root.Halo.IsEmpty;

    /// <summary>Floats of the memory, slack included: kernels store whole vectors, so one vector past the end may be written.</summary>
    public long Floats
    {
        get
        {
            Extent extent = Extent;
            long channels = Kind is StorageKind.Blocked or StorageKind.RowMajor ? (extent.Channels + lanes - 1) / lanes * lanes : extent.Channels;
            long count = extent.Images * channels * (extent.Rows + Halo.Top + Halo.Bottom) * (extent.Columns + Halo.Left + Halo.Right);
            long floats = (count + PerFloat - 1) / PerFloat;
            return ((floats + lanes - 1) / lanes * lanes) + lanes;
        }
    }

    /// <summary>The elements as images, relative to the root's memory; for shapes of rank 2, 3 or 4.</summary>
    /// <exception cref="InvalidOperationException">The memory is kept as a matrix with gaps.</exception>
    public ActivationView ImageView
    {
        get
        {
            if (Parent is { Kind: StorageKind.Blocked } parent && Kind == StorageKind.Blocked)
            {
                ActivationView whole = parent.ImageView;
                return whole with { Origin = whole.Origin + (ParentBlock * whole.Block) };
            }

            Extent image = Extent.OfImage(Shape);
            Halo halo = Parent is null ? Halo : default;
            return Kind switch
            {
                StorageKind.Blocked => ActivationView.Dense(
                    IsNarrow ? ActivationLayout.ChannelsLast : ActivationLayout.Blocked,
                    image.Channels,
                    image.Rows,
                    image.Columns,
                    halo,
                    lanes),
                StorageKind.RowMajor => throw new InvalidOperationException($"{this} is kept as a matrix and cannot be seen as images."),
                _ => ActivationView.Dense(ActivationLayout.Planar, image.Channels, image.Rows, image.Columns, halo, lanes),
            };
        }
    }

    /// <summary>The elements as a matrix of all leading axes by the last one, relative to the root's memory.</summary>
    /// <exception cref="InvalidOperationException">The memory is ordered by channels.</exception>
    public ActivationView MatrixView
    {
        get
        {
            Extent matrix = Extent.OfMatrix(Shape);
            return Kind switch
            {
                StorageKind.RowMajor => ActivationView.Dense(ActivationLayout.RowMajor, matrix.Channels, matrix.Rows, matrix.Columns, Halo, lanes),
                StorageKind.Blocked or StorageKind.PaddedPlain =>
                    throw new InvalidOperationException($"{this} is kept as images and cannot be seen as a matrix."),
                _ => new ActivationView(0, 0, lanes, 1, (long)matrix.Channels * matrix.Columns, matrix.Channels),
            };
        }
    }

    public override string ToString() => $"{Value}:{Kind}";
}
