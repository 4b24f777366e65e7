# Made by rlrun plot; run it with gnuplot in this folder.
set terminal svg noenhanced size 800,666 font 'DejaVu Sans,sans-serif,12' background '#ffffff'
set encoding utf8
set output './curves.svg'
set multiplot
set border 3 lc rgb '#444444'
set tics nomirror out textcolor rgb '#222222'
set grid lc rgb '#dddddd' lw 0.7 lt 1
set samples 2
unset key
set autoscale xfix
set label 100 'MuJoCo locomotion, a first look' at screen 0.5,0.9682 center font ',15'
set label 200 'Mean over seeds of the average training return, n = 3; shaded: 95 % t interval' at screen 0.5,0.0195 center font ',10' textcolor rgb '#555555'
set lmargin at screen 0.1075
set rmargin at screen 0.4650
set tmargin at screen 0.8889
set bmargin at screen 0.5856
set title 'hopper' offset 0,-0.5
set ylabel 'average return' offset 0.5,0
set xlabel 'environment steps (millions)' offset 0,0.4
set yrange [*:*]
set xtics 0.5
plot './curves.dat' index 0 using ($1/1000000):3:4 with filledcurves lc rgb '#888888' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 1 using ($1/1000000):3:4 with filledcurves lc rgb '#D55E00' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 2 using ($1/1000000):3:4 with filledcurves lc rgb '#009E73' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 3 using ($1/1000000):3:4 with filledcurves lc rgb '#CC79A7' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 0 using ($1/1000000):2 with lines lw 1.6 lc rgb '#888888' dt (6,4) notitle, \
     './curves.dat' index 1 using ($1/1000000):2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
     './curves.dat' index 2 using ($1/1000000):2 with lines lw 1.6 lc rgb '#009E73' notitle, \
     './curves.dat' index 3 using ($1/1000000):2 with lines lw 1.6 lc rgb '#CC79A7' notitle
unset label
set lmargin at screen 0.6075
set rmargin at screen 0.9650
set tmargin at screen 0.8889
set bmargin at screen 0.5856
set title 'walker2d' offset 0,-0.5
unset ylabel
set xlabel 'environment steps (millions)' offset 0,0.4
set yrange [*:*]
set xtics 0.5
plot './curves.dat' index 4 using ($1/1000000):3:4 with filledcurves lc rgb '#888888' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 5 using ($1/1000000):3:4 with filledcurves lc rgb '#D55E00' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 6 using ($1/1000000):3:4 with filledcurves lc rgb '#009E73' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 7 using ($1/1000000):3:4 with filledcurves lc rgb '#CC79A7' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 4 using ($1/1000000):2 with lines lw 1.6 lc rgb '#888888' dt (6,4) notitle, \
     './curves.dat' index 5 using ($1/1000000):2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
     './curves.dat' index 6 using ($1/1000000):2 with lines lw 1.6 lc rgb '#009E73' notitle, \
     './curves.dat' index 7 using ($1/1000000):2 with lines lw 1.6 lc rgb '#CC79A7' notitle
set lmargin at screen 0.1075
set rmargin at screen 0.4650
set tmargin at screen 0.4535
set bmargin at screen 0.1502
set title 'half_cheetah' offset 0,-0.5
set ylabel 'average return' offset 0.5,0
set xlabel 'environment steps (millions)' offset 0,0.4
set yrange [*:*]
set xtics 0.5
plot './curves.dat' index 8 using ($1/1000000):3:4 with filledcurves lc rgb '#888888' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 9 using ($1/1000000):3:4 with filledcurves lc rgb '#D55E00' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 10 using ($1/1000000):3:4 with filledcurves lc rgb '#009E73' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 11 using ($1/1000000):3:4 with filledcurves lc rgb '#CC79A7' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 8 using ($1/1000000):2 with lines lw 1.6 lc rgb '#888888' dt (6,4) notitle, \
     './curves.dat' index 9 using ($1/1000000):2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
     './curves.dat' index 10 using ($1/1000000):2 with lines lw 1.6 lc rgb '#009E73' notitle, \
     './curves.dat' index 11 using ($1/1000000):2 with lines lw 1.6 lc rgb '#CC79A7' notitle
set lmargin at screen 0.6075
set rmargin at screen 0.9650
set tmargin at screen 0.4535
set bmargin at screen 0.1502
set title 'swimmer' offset 0,-0.5
unset ylabel
set xlabel 'environment steps (thousands)' offset 0,0.4
set yrange [*:*]
set xtics 100
plot './curves.dat' index 12 using ($1/1000):3:4 with filledcurves lc rgb '#888888' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 13 using ($1/1000):3:4 with filledcurves lc rgb '#D55E00' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 14 using ($1/1000):3:4 with filledcurves lc rgb '#009E73' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 15 using ($1/1000):3:4 with filledcurves lc rgb '#CC79A7' fs transparent solid 0.18 noborder notitle, \
     './curves.dat' index 12 using ($1/1000):2 with lines lw 1.6 lc rgb '#888888' dt (6,4) notitle, \
     './curves.dat' index 13 using ($1/1000):2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
     './curves.dat' index 14 using ($1/1000):2 with lines lw 1.6 lc rgb '#009E73' notitle, \
     './curves.dat' index 15 using ($1/1000):2 with lines lw 1.6 lc rgb '#CC79A7' notitle
unset title
unset xlabel
unset ylabel
unset border
unset tics
unset grid
unset logscale
set lmargin at screen 0.05
set rmargin at screen 0.95
set tmargin at screen 0.0691
set bmargin at screen 0.0390
set key horizontal center center reverse Left samplen 2.5 width 1
set xrange [0:1]
set yrange [0:1]
plot NaN notitle, \
     keyentry with lines lw 2.5 lc rgb '#888888' dt (6,4) title 'random', \
     keyentry with lines lw 2.5 lc rgb '#D55E00' title 'cem', \
     keyentry with lines lw 2.5 lc rgb '#009E73' title 'reinforce', \
     keyentry with lines lw 2.5 lc rgb '#CC79A7' title 'trpo'
unset multiplot
set output
