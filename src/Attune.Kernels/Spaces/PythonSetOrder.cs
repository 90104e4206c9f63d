namespace Attune.Kernels.Spaces;

/// <summary>
/// The order in which CPython (3.7 and later) goes through the union of two sets of small positive numbers. AutoTVM's "verbose" splits take their factors in
/// that order, and with it the indices in its logs. It follows from open addressing: a power-of-two table, the number itself as hash, nine neighbouring slots,
/// then a jump.
/// </summary>
internal sealed class PythonSetOrder
{
    private const int MinSlots = 8;
    private const int Neighbours = 9;
    private int[] slots = new int[MinSlots];
    private int used;

    /// <summary>The numbers of both lists, each once, in the order of the union of their sets. 0 is not allowed.</summary>
    public static int[] OfUnion(IEnumerable<int> first, IEnumerable<int> second)
    {
        var union = new PythonSetOrder();
        union.Merge(Of(first));
        union.Merge(Of(second));
        return Array.FindAll(union.slots, number => number != 0);
    }

    private static PythonSetOrder Of(IEnumerable<int> numbers)
    {
        var set = new PythonSetOrder();
        foreach (int number in numbers)
        {
            if (Insert(set.slots, number) && ++set.used * 5 >= (set.slots.Length - 1) * 3)
            {
                set.Resize(set.used * 4);
            }
        }

        return set;
    }

    private void Merge(PythonSetOrder other)
    {
        if ((used + other.used) * 5 >= (slots.Length - 1) * 3)
        {
            Resize((used + other.used) * 2);
        }

        if (used == 0 && slots.Length == other.slots.Length)
        {
            other.slots.CopyTo(slots, 0);
            used = other.used;
            return;
        }

        foreach (int number in other.slots)
        {
            used += number != 0 && Insert(slots, number) ? 1 : 0;
        }
    }

    private void Resize(int min)
    {
        int size = MinSlots;
        while (size <= min)
        {
            size *= 2;
        }

        var larger = new int[size];
        foreach (int number in slots)
        {
            if (number != 0)
            {
                Insert(larger, number);
            }
        }

        slots = larger;
    }

    private static bool Insert(int[] table, int number)
    {
        uint mask = (uint)table.Length - 1;
        uint jump = (uint)number;
        for (uint from = (uint)number & mask; ; from = ((from * 5) + 1 + jump) & mask)
        {
            uint until = from + Neighbours <= mask ? from + Neighbours : from;
            for (uint slot = from; slot <= until; slot++)
            {
                if (table[slot] == 0 || table[slot] == number)
                {
                    bool added = table[slot] == 0;
                    table[slot] = number;
                    return added;
                }
            }

            jump >>= 5;
        }
    }
}
