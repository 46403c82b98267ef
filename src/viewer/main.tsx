import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { load } from './state/app.ts';
import './styles.css';

void load();
createRoot(document.getElementById('app')!).render(<App />);
