using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>
/// One place where a value lives. A storage may be a part of another one (an input of an in-place concatenation) or the same memory under another
/// shape (a reshape); the root of such a chain owns the memory and decides the halo.
/// </summary>
internal sealed class Storage(string value, StorageKind kind, Extent extent, int lanes)
{
    public string Value { get; } = value;

    public StorageKind Kind { get; } = kind;

    public Extent Extent { get; } = extent;

    /// <summary>Position in the plan's list of storages.</summary>
    public int Id { get; set; }

    /// <summary>Storage whose memory this one shares, or null for a root.</summary>
    public Storage? Parent { get; set; }

    /// <summary>First channel block of this storage within its parent.</summary>
    public int ParentBlock { get; set; }

    /// <summary>Zeros around the image; meaningful on roots.</summary>
    public Halo Halo { get; set; }

    /// <summary>Offset in the arena, floats; on roots, after planning.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>First and last step that touches the memory; on roots.</summary>
    public int FirstStep { get; set; } = int.MaxValue;

    /// <summary>Last step that touches the memory; on roots.</summary>
    public int LastStep { get; set; } = -1;

    public int Lanes => lanes;

    public Storage Root => Parent?.Root ?? this;

    public bool InArena => Kind is not (StorageKind.External or StorageKind.Managed);

    /// <summary>Floats of the memory, slack included: kernels store whole vectors, so one vector past the end may be written.</summary>
    public long Floats
    {
        get
        {
            ActivationLayout layout = Layout;
            int blocks = (Extent.Channels + lanes - 1) / lanes;
            long channels = layout == ActivationLayout.Planar ? Extent.Channels : blocks * lanes;
            long count = Extent.Images * channels * (Extent.Rows + Halo.Top + Halo.Bottom) * (Extent.Columns + Halo.Left + Halo.Right);
            return ((count + lanes - 1) / lanes * lanes) + lanes;
        }
    }

    private ActivationLayout Layout => Kind switch
    {
        StorageKind.Blocked => ActivationLayout.Blocked,
        StorageKind.RowMajor => ActivationLayout.RowMajor,
        _ => ActivationLayout.Planar,
    };

    /// <summary>View of the elements as images, relative to the root's memory.</summary>
    public ActivationView View
    {
        get
        {
            if (Parent is { Kind: StorageKind.Blocked } parent && Kind == StorageKind.Blocked)
            {
                ActivationView whole = parent.View;
                return whole with { Origin = whole.Origin + (ParentBlock * whole.Block) };
            }

            return ActivationView.Dense(Layout, Extent.Channels, Extent.Rows, Extent.Columns, Parent is null ? Halo : default, lanes);
        }
    }

    /// <summary>View of dense memory as a matrix: element (row m, column k) at m K + k.</summary>
    public ActivationView MatrixView(Extent matrix) => Kind == StorageKind.RowMajor
        ? View
        : new ActivationView(0, 0, lanes, 1, (long)matrix.Channels * matrix.Columns, matrix.Channels);

    public override string ToString() => $"{Value}:{Kind}";
}
